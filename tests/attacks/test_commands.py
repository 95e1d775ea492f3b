"""What programs can be talked into by their command lines is refused, turned off, or confined.

Each attack is first seen to work in a plain shell. The policy is on trial by itself at tier
rlimits, where nothing else holds a command; then with confinement, and confinement without it.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from handrail.sandbox.means import Means
from handrail.spec.server import Tier
from tests.attacks.arena import tried
from tests.attacks.case import Case, cases
from tests.attacks.place import USER
from tests.attacks.scene import in_a_shell, scene, through_a_tool, without_policy

CASES = [pytest.param(case, id=f"{case.program}: {case.name}") for case in cases()]
TABLE = Path(__file__).parents[2] / "docs" / "attacks.md"
LEAST = 150


async def means_at(tier: Tier) -> Means:
    return replace((await tried(tier)).means, user=USER)


def test_there_are_enough_of_them() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= LEAST


@pytest.mark.parametrize("case", CASES)
async def test_an_attack_gets_nowhere(case: Case) -> None:
    assert shutil.which(case.commands[0][0]), "CI must install it: see .ci/run"
    with scene(case) as at:
        plainly = in_a_shell(at)
        assert at.reached(plainly), f"no attack: {plainly.decode(errors='replace')[-800:]}"
    answers = {}
    for tier in (Tier.RLIMITS, Tier.LANDLOCK):
        with scene(case) as at:
            code, said = await through_a_tool(at, await means_at(tier))
            assert not at.reached(said), (tier, code, said[-800:])
            answers[tier] = code
    with scene(case) as at:
        said = await without_policy(at, await means_at(Tier.LANDLOCK))
        confined = not at.reached(said)
    row = f"| {case.program} | {case.name} | {case.goal} | {stopped_by(answers, confined)} |"
    assert row in TABLE.read_text().splitlines(), f"make attacks-table: {row}"


def stopped_by(answers: dict[Tier, str | None], confined: bool) -> str:
    """What stopped it, in the words of the table."""
    if answers[Tier.LANDLOCK] is not None:
        return "both" if confined else "policy"
    if answers[Tier.RLIMITS] is not None:
        return "confinement; refused without it"
    return "turned off; confinement too" if confined else "turned off"
