"""What a probe met decides whether a tier may be claimed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from handrail.process import probe
from handrail.sandbox.evidence import FORBIDDEN, NEEDED, SUCCEEDED, Attempt, Evidence
from handrail.spec.server import Tier

DENIED = "Permission denied (EACCES)"
TIERS = [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS]
"""Those that deny something."""


def results(tier: Tier) -> dict[str, str]:
    """As they must be at `tier`, and no better."""
    return {
        one.name: DENIED if tier.at_least(one.denied_from) else SUCCEEDED for one in FORBIDDEN
    } | dict.fromkeys(NEEDED, SUCCEEDED)


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_holds_that_denies_just_what_it_must(tier: Tier) -> None:
    found = Evidence(tier, results(tier))
    assert found.holds
    assert found.shortcomings == ()


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("attempt", FORBIDDEN, ids=lambda attempt: attempt.name)
def test_one_thing_allowed_is_enough_to_fail(tier: Tier, attempt: Attempt) -> None:
    found = Evidence(tier, {**results(tier), attempt.name: SUCCEEDED})
    must_deny = tier.at_least(attempt.denied_from)
    assert found.holds is not must_deny
    assert found.shortcomings == ((f"a command could {attempt.words}",) if must_deny else ())


@pytest.mark.parametrize("name", NEEDED)
def test_one_thing_broken_is_enough_to_fail(name: str) -> None:
    found = Evidence(Tier.LANDLOCK, {**results(Tier.LANDLOCK), name: DENIED})
    assert found.shortcomings == (f"a command could not {NEEDED[name]}: {DENIED}",)


def test_what_was_not_tried_is_not_believed() -> None:
    found = Evidence(Tier.NAMESPACES, {})
    assert len(found.shortcomings) == len(FORBIDDEN) + len(NEEDED)
    assert found.shortcomings[-1].endswith("it was not tried")


def test_where_there_was_no_probe_the_reason_is_the_shortcoming() -> None:
    found = Evidence(Tier.LANDLOCK, results(Tier.LANDLOCK), "it needs Landlock")
    assert found.shortcomings == ("it needs Landlock",)
    assert not found.holds


def test_a_stronger_tier_denies_all_that_a_weaker_one_does() -> None:
    denied = [{one.name for one in FORBIDDEN if tier.at_least(one.denied_from)} for tier in TIERS]
    assert denied[0] > denied[1] > denied[2]


def test_a_probe_tries_all_that_is_judged_and_nothing_else() -> None:
    source = ast.parse(Path(probe.__file__).with_name("attempts.py").read_text("utf-8"))
    tried = {
        key.value
        for node in ast.walk(source)
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if isinstance(key, ast.Constant)
    }
    assert tried == {one.name for one in FORBIDDEN} | NEEDED.keys()
