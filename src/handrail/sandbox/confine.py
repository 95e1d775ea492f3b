"""A plan becomes a confined plan: what the kernel will enforce around it.

tier          files and devices    network     processes            limits
namespaces    mounts and Landlock  own, empty  own process ids      all
landlock      Landlock             seccomp     Landlock's scopes    all
rlimits       -                    -           Landlock's scopes    all
none          -                    -           Landlock's scopes    -
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from handrail.plan.access import Access
from handrail.plan.plan import Plan
from handrail.sandbox import landlock, mounts
from handrail.sandbox.cell import Cell
from handrail.sandbox.filter import Sockets, build
from handrail.sandbox.landlock import Rules
from handrail.sandbox.means import Means
from handrail.spec.server import LimitsTable, Tier


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
    limits, work = plan.limits, plan.stages[0].work
    if not means.tier.at_least(Tier.LANDLOCK):
        cell = _bare(means, limits.file_bytes, limits.open_files)
        rules = landlock.scopes(means.landlock)
        confinement = Confinement(means.tier, network=True)
        return ConfinedPlan(plan, confinement, _working(cell, work), rules)
    in_view = means.tier is Tier.NAMESPACES
    rules = landlock.rules(plan.access, means.landlock, network=plan.network, masked=in_view)
    if in_view:
        cell = _viewed(plan.access, means, plan.network, limits.file_bytes, limits.open_files)
    else:
        # Without a view of its own, no tool could be kept from the sockets that lie on the disk.
        sockets = Sockets.INTERNET if plan.network else Sockets.NONE
        cell = _shared(means, sockets, limits.file_bytes, limits.open_files)
    confinement = Confinement(means.tier, network=plan.network)
    return ConfinedPlan(plan, confinement, _working(cell, work), rules)


def common_cell(means: Means, limits: LimitsTable, work: str = "") -> Cell | None:
    """The cell that most calls will want: of programs, or of `work` of ours.

    None where each tool has its own.
    """
    if means.tier is Tier.NAMESPACES:
        return None
    if means.tier is Tier.LANDLOCK:
        cell = _shared(means, Sockets.NONE, limits.file_size, limits.open_files)
    else:
        cell = _bare(means, limits.file_size, limits.open_files)
    return _working(cell, work)


def _working(cell: Cell, work: str) -> Cell:
    return replace(cell, work=work) if work else cell


# Worked out once for what is the same in call after call: this is on the path of each.
@lru_cache
def _bare(means: Means, file_bytes: int, open_files: int) -> Cell:
    if means.tier is Tier.NONE:
        return Cell(means.tier, means.user)
    return Cell(means.tier, means.user, file_bytes=file_bytes, open_files=open_files)


@lru_cache
def _shared(means: Means, sockets: Sockets, file_bytes: int, open_files: int) -> Cell:
    return replace(_bare(means, file_bytes, open_files), filter=build(means.machine, sockets))


@lru_cache(maxsize=256)
def _viewed(
    access: Access,
    means: Means,
    network: bool,  # noqa: FBT001  # a key of the cache
    file_bytes: int,
    open_files: int,
) -> Cell:
    view = mounts.arguments(
        access,
        own=means.own,
        network=network,
        as_root=means.as_root,
        temporary_bytes=file_bytes,
    )
    return replace(
        _shared(means, Sockets.ALL if network else Sockets.NONE, file_bytes, open_files),
        view=(str(means.bwrap), *view),
        private=tuple(map(str, mounts.private_folders(access))),
    )
