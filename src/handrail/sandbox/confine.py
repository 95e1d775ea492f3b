"""A plan becomes a confined plan: what the kernel will enforce around it.

tier          files and devices    network     processes            limits
namespaces    mounts and Landlock  own, empty  own process ids      all
landlock      Landlock             seccomp     Landlock's scopes    all
rlimits       -                    -           Landlock's scopes    all
none          -                    -           Landlock's scopes    -
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from handrail.plan.plan import Plan
from handrail.sandbox import landlock, mounts
from handrail.sandbox.cell import Cell
from handrail.sandbox.filter import Filter, Sockets, build
from handrail.sandbox.landlock import Rules
from handrail.sandbox.means import Means
from handrail.spec.server import Tier


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds a command: the tier in force, and whether it could reach the network."""

    tier: Tier
    network: bool


@dataclass(frozen=True, slots=True)
class ConfinedPlan:
    """A plan with its confinement. `run` accepts nothing else.

    `cell` holds it as a zygote's command, `rules` as this call; None where the kernel knows none.
    """

    plan: Plan
    confinement: Confinement
    cell: Cell
    rules: Rules | None


def confine(plan: Plan, means: Means) -> ConfinedPlan:
    """Confine `plan` with what the machine has."""
    if not means.tier.at_least(Tier.LANDLOCK):
        cell, rules = Cell(means.tier, means.user), landlock.scopes(means.landlock)
        return ConfinedPlan(plan, Confinement(means.tier, network=True), cell, rules)
    in_view = means.tier is Tier.NAMESPACES
    rules = landlock.rules(plan.access, means.landlock, network=plan.network, masked=in_view)
    cell = _viewed(plan, means) if in_view else _shared(means, network=plan.network)
    return ConfinedPlan(plan, Confinement(means.tier, network=plan.network), cell, rules)


def common_cell(means: Means) -> Cell | None:
    """The cell that most calls will want; None where each tool has its own."""
    if means.tier is Tier.NAMESPACES:
        return None
    confined = means.tier is Tier.LANDLOCK
    return _shared(means, network=False) if confined else Cell(means.tier, means.user)


def _shared(means: Means, *, network: bool) -> Cell:
    # Without a view of its own, no tool could be kept from the sockets that lie on the disk.
    sockets = Sockets.INTERNET if network else Sockets.NONE
    return Cell(means.tier, means.user, _filter(means.machine, sockets))


def _viewed(plan: Plan, means: Means) -> Cell:
    sockets = Sockets.ALL if plan.network else Sockets.NONE
    view = mounts.arguments(
        plan.access,
        own=means.own,
        network=plan.network,
        as_root=means.as_root,
        temporary_bytes=plan.limits.file_bytes,
    )
    return Cell(
        means.tier,
        means.user,
        _filter(means.machine, sockets),
        (str(means.bwrap), *view),
        tuple(map(str, mounts.private_folders(plan.access))),
    )


@lru_cache
def _filter(machine: str, sockets: Sockets) -> Filter:
    return build(machine, sockets)
