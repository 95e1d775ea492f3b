"""`handrail questions`: the interview as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.cli.main import run
from tests.cli.terminal import Printed

Handrail = Callable[..., Printed]


@pytest.fixture
def handrail(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Handrail:
    """Runs a command in a folder."""

    def command(*words: str, folder: Path) -> Printed:
        monkeypatch.chdir(folder)
        return Printed(run(words), *capsys.readouterr())

    return command


def test_the_interview_is_printed_as_data(tmp_path: Path, handrail: Handrail) -> None:
    (tmp_path / "project" / ".git").mkdir(parents=True)

    done = handrail("questions", "project", "--json", folder=tmp_path)

    told = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert len(told) == 12
    assert told[0]["default"] == "project"
    assert told[1]["default"] == ["files:read", "git:read", "search"]


def test_the_defaults_as_answers_are_those_of_yes(tmp_path: Path, handrail: Handrail) -> None:
    told = json.loads(handrail("questions", "--json", folder=tmp_path).out)
    parts = [part for one in told for part in (one, *one.get("also", ())) if part["applies"]]
    words = [w for one in parts for w in ("--set", f"{one['key']}={_toml(one['default'])}")]

    said = handrail("new", "--dry-run", *words, folder=tmp_path)

    assert said.code == 0, said.err
    assert said.out == handrail("new", "--dry-run", "--yes", folder=tmp_path).out


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)


def test_for_a_person_it_is_a_list(tmp_path: Path, handrail: Handrail) -> None:
    done = handrail("questions", folder=tmp_path)

    assert " 1. What is the server called?" in done.out
    assert "12. How is the log written?" in done.out
    assert "one of: nothing, files, anything" in done.out
    assert "(not asked here)" in done.out
