"""What becomes of an attack by command line, and what stopped it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from handrail.sandbox.means import Means
from handrail.spec.server import Tier
from tests.attacks.arena import tried
from tests.attacks.case import Case
from tests.attacks.place import USER
from tests.attacks.scene import in_a_shell, scene, through_a_tool, without_policy

TABLE = Path(__file__).parents[2] / "docs" / "attacks.md"


@dataclass(frozen=True, slots=True)
class Answers:
    """How an attack was answered.

    `alone` and `with_confinement` are the codes of refusals at the tiers `rlimits`, where
    nothing but the policy is in its way, and `landlock`; None where it ran, and came to
    nothing. `confined`: it comes to nothing, too, when nothing but confinement is in its way.
    """

    alone: str | None
    with_confinement: str | None
    confined: bool

    @property
    def stopped_by(self) -> str:
        """What stopped it, in the words of the table."""
        if self.with_confinement is not None:
            return "policy and confinement" if self.confined else "policy"
        if self.alone is not None:
            return "confinement; without it, policy"
        return "turned off, and confinement" if self.confined else "turned off"


async def answers(case: Case) -> Answers:
    """Try an attack; it must work in a plain shell, and nowhere else."""
    with scene(case) as at:
        plainly = in_a_shell(at)
        assert at.reached(plainly), f"no attack: {plainly.decode(errors='replace')[-800:]}"
    codes = {}
    for tier in (Tier.RLIMITS, Tier.LANDLOCK):
        with scene(case) as at:
            code, said = await through_a_tool(at, await _means(tier))
            assert not at.reached(said), (tier, code, said[-800:])
            codes[tier] = code
    with scene(case) as at:
        said = await without_policy(at, await _means(Tier.LANDLOCK))
        confined = not at.reached(said)
    return Answers(codes[Tier.RLIMITS], codes[Tier.LANDLOCK], confined)


async def _means(tier: Tier) -> Means:
    return replace((await tried(tier)).means, user=USER)


def row(case: Case, found: Answers) -> str:
    """The attack's line in the table."""
    name = case.name.replace("|", "\\|")
    return f"| {case.program} | {name} | {case.goal} | {found.stopped_by} |"


def rows() -> list[str]:
    """The table as it is."""
    lines = TABLE.read_text().splitlines() if TABLE.exists() else []
    return [line for line in lines if line.count(" | ") >= 3 and not line.startswith("| Program")]
