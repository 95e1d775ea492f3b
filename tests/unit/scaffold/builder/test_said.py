"""Everything that is wrong with answers is told at once, by the key that it is about."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.scaffold.builder.refusals import Explained
from handrail.scaffold.builder.said import said


def wrong(answers: dict[str, Any]) -> dict[str, str]:
    """What is wrong with answers: the codes by their places."""
    with pytest.raises(Explained) as refused:
        said(answers)
    findings: list[dict[str, str]] = refused.value.beside["findings"]
    assert all(one["message"] in refused.value.more for one in findings)
    assert refused.value.error.field == "answers"
    return {one["where"]: one["code"] for one in findings}


def test_every_mistake_is_told_by_its_key() -> None:
    found = wrong(
        {
            "changess": "files",
            "hosts": ["api.example.com", "a b"],
            "server": {"name": 5},
            "tool": [{"name": "x", "description": "x", "files": "read", "effekt": "read"}],
            "environment": ["A", "1A"],
        }
    )

    assert found == {
        "changess": "E101",
        "hosts[1]": "E505",
        "server.name": "E102",
        "tool[0].effekt": "E101",
        "environment[1]": "E505",
    }


def test_answers_that_cannot_all_be_meant_are_told_too() -> None:
    assert wrong({"use": ["git"], "changes": "nothing"}) == {"use[0]": "E102"}


def test_a_key_that_acts_on_a_terminal_is_shown_harmlessly() -> None:
    (where,) = wrong({"\x1b[2J\u202e": 1})

    assert where.isprintable()


def test_what_is_right_is_taken() -> None:
    assert said({"server": {"name": "x"}}).said("server.name") == "x"
