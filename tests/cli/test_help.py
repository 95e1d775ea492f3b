"""What the command line says of itself: every command, in groups, each in its own words."""

from __future__ import annotations

import re

import pytest

from handrail.cli.main import build_app, run

GROUPS = ["Declare", "Look", "Serve", "Operate", "Own the code", "Options"]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_every_command_is_listed_with_what_it_does(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 0
    said = capsys.readouterr().out
    assert re.findall(r"╭─ ([A-Z][a-z ]+) ─", said) == GROUPS
    for name in set(build_app()) - {"-h", "--help", "--version"}:
        assert re.search(rf"│ {name} +[A-Z][a-z]+", said), name


def test_a_slip_is_met_with_the_command_that_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["chek"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'Did you mean "check"?' in said.err
    assert "hint: handrail --help lists the commands." in said.err
