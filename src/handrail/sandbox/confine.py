"""A plan becomes a confined plan: what the kernel will enforce around it.

This version enforces resource limits (tier `rlimits`): memory, processor time, processes.
"""

from __future__ import annotations

from dataclasses import dataclass

from handrail.errors import ConfinementUnavailable
from handrail.plan.plan import Plan
from handrail.spec.server import ConfinementTable, Tier


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a command: the tier in force, and whether it could reach the network."""

    tier: Tier
    network: bool


@dataclass(frozen=True, slots=True)
class ConfinedPlan:
    """A plan with its confinement. `run` accepts nothing else."""

    plan: Plan
    confinement: Confinement


def choose(wanted: ConfinementTable) -> Tier:
    """The tier to run at.

    Raises `ConfinementUnavailable` when it would be weaker than the file requires, or when the
    file pins a tier that this version does not have.
    """
    tier = wanted.use or Tier.RLIMITS
    if tier in (Tier.NAMESPACES, Tier.LANDLOCK) or not tier.at_least(wanted.require):
        required = wanted.require if tier is Tier.RLIMITS else tier
        raise ConfinementUnavailable(
            f'the file requires confinement "{required}"; '
            f'this version of handrail enforces "{Tier.RLIMITS}"',
            hint=f'Set `[confinement] require = "{Tier.RLIMITS}"` to accept that commands can read '
            "what the server's user can read, and reach the network.",
        )
    return tier


def confine(plan: Plan, tier: Tier) -> ConfinedPlan:
    """Confine `plan` at `tier`. No tier of this version closes the network, so it is open."""
    return ConfinedPlan(plan, Confinement(tier, network=True))
