"""The table of what is known says something of each attempt, once, and why where one succeeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.spec.server import Tier
from tests.attacks.known import SCRIPTS, Group, groups

CONFINING = {Tier.NAMESPACES, Tier.LANDLOCK}
NO_ATTEMPTS = {"attempt", "exhaust"}


def test_each_script_is_in_it() -> None:
    scripts = {path.stem for path in (Path(__file__).parent / "attempts").glob("*.py")}
    assert scripts - NO_ATTEMPTS == set(SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_says_why_something_is_let_pass(script: str) -> None:
    assert [
        group for group in groups(script) if not group.why and not group.denied >= CONFINING
    ] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_attempt_is_in_two_groups(script: str) -> None:
    for server in ("root", "same user"):
        told = [
            name for group in groups(script) if _is_about(group, server) for name in group.attempts
        ]
        assert sorted(told) == sorted(set(told))


def _is_about(group: Group, server: str) -> bool:
    return group.server in (None, server)
