"""The README's example is run, and prints what the README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import hand_over

_README = (Path(__file__).parents[2] / "README.md").read_text()
_NOTES = {"plan.md": "The plan\nTODO write the second page\n"}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _README, re.DOTALL)


def _sessions() -> list[tuple[str, str]]:
    """Every `$ command` of the README, and what it says the command prints."""
    text = "".join(_blocks("console"))
    return [
        (command, printed)
        for command, printed in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", text, re.M)
    ]


def _run(command: str, folder: Path) -> str:
    """What a command prints, its data before its words, with measured times levelled."""
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return _level(done.stdout + done.stderr)


def _level(text: str) -> str:
    return re.sub(r"after \d+\.\d+ s", "after 0.00 s", text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    good = _blocks("toml")[0]
    (tmp_path / "handrail.toml").write_text(good)
    bad = good.replace("{pattern}", "{patern}").replace("timeout", "timout")
    (tmp_path / "bad.toml").write_text(bad)
    (tmp_path / "assistant.toml").write_text(_blocks("toml")[1])
    (tmp_path / "free.toml").write_text(_blocks("toml")[2])
    (tmp_path / "team.toml").write_text(_blocks("toml")[3])
    (tmp_path / "notes").mkdir()
    for name, text in _NOTES.items():
        (tmp_path / "notes" / name).write_text(text)
    hand_over(tmp_path / "notes")
    return tmp_path


def test_the_example_is_about_thirty_lines() -> None:
    assert len(_blocks("toml")[0].splitlines()) <= 35


@pytest.mark.parametrize(("command", "printed"), _sessions(), ids=[c for c, _ in _sessions()])
def test_a_command_prints_what_the_readme_says(command: str, printed: str, folder: Path) -> None:
    assert _level(printed) == _run(command, folder)


def test_every_file_that_the_readme_links_to_is_there() -> None:
    root = Path(__file__).parents[2]

    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", _README) if "://" not in target]

    assert [target for target in linked if not (root / target).exists()] == []
