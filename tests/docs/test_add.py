"""docs/add.md shows what the command prints."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.terminal import handrail

PAGE = (Path(__file__).parents[2] / "docs" / "add.md").read_text()


def test_the_page_shows_what_the_command_shows(tmp_path: Path) -> None:
    (tmp_path / "handrail.toml").write_text("config_version = 1\n")
    shown = re.search(r'\$ handrail add "([^"]+)"\n(.*?)```', PAGE, re.DOTALL)
    assert shown is not None

    done = handrail("add", shown[1], "--dry-run", folder=tmp_path)

    assert done.err == shown[2]
    tool = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert tool is not None
    assert tool[1] in done.out
