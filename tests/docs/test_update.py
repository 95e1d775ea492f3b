"""What docs/update.md shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handrail.cli.main import run
from tests.unit.scaffold.update.projects import Project, eject

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "update.md").read_text()
_SESSIONS = re.findall(r"```console\n\$ handrail (.*)\n((?:.+\n)*)```", _DOCUMENT)
_TOOL = re.findall(r"```toml\n(.*?)```", _DOCUMENT, re.DOTALL)[0]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = eject(tmp_path, "--without=clients")
    monkeypatch.chdir(made.root)
    return made


def printed(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints, its data before its words."""
    capsys.readouterr()
    run(command.split())
    out, err = capsys.readouterr()
    return out + err


def test_the_sessions_are_real(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (added, told), *disputed = _SESSIONS
    project.write("handrail.toml", f"{project.read('handrail.toml')}\n{_TOOL}")
    assert printed(added, capsys) == told

    old = "Count the lines of a file."
    project.change("src/words/tools/count.py", f'description="{old}"', 'description="Lines."')
    project.change("handrail.toml", f'"{old}"', '"How long a file is."')
    for command, told in disputed:
        assert printed(command, capsys) == told


def test_every_option_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = set(re.findall(r"^\| `(--[a-z-]+)`", _DOCUMENT, re.MULTILINE))

    offered = set(re.findall(r"^│ (--[a-z-]+)", printed("update --help", capsys), re.MULTILINE))
    assert told == offered
