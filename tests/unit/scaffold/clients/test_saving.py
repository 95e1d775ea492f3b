"""A client's file is saved over what was read of it, and over nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.clients.opening import open_config
from handrail.scaffold.clients.saving import save


def test_what_the_client_wrote_meanwhile_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text("{}")
    source = open_config(file)
    file.write_text('{"theme": "Two"}')

    with pytest.raises(UsageError, match="changed meanwhile"):
        save(source, '{"mcpServers": {}}')
    assert file.read_text() == '{"theme": "Two"}'
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_came_meanwhile_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    source = open_config(file)
    file.write_text("{}")

    with pytest.raises(UsageError, match="changed meanwhile"):
        save(source, '{"mcpServers": {}}')
    assert file.read_text() == "{}"


def test_no_backup_takes_the_place_of_another(tmp_path: Path) -> None:
    file, first = tmp_path / "settings.json", tmp_path / "settings.json.handrail-backup"
    file.write_text("two")
    first.symlink_to(tmp_path / "nowhere")
    backup = save(open_config(file), "three")

    assert backup == tmp_path / "settings.json.handrail-backup.2"
    assert (backup.read_text(), file.read_text()) == ("two", "three")
    assert first.is_symlink()
    assert not first.exists()
