"""Why a command failed, where the confinement may be the reason, and what would allow it.

Two kinds of evidence, never mixed up: a system call that the filter refused is *seen*; a path
is *inferred*, from a message of the command that the rules bear out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.disk import Disk
from handrail.sandbox import landlock
from handrail.sandbox import refused as filtered
from handrail.sandbox.complaint import Complaint, complaints
from handrail.sandbox.confine import ConfinedPlan
from handrail.sandbox.granted import Granted
from handrail.sandbox.judgement import Judge, Lack
from handrail.sandbox.landlock import LEAST_VERSION, Grant
from handrail.sandbox.mounts import TEMPORARY
from handrail.spec.server import Tier

_MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """A system call that the filter refused: its number and first two arguments."""

    number: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Denial:
    """Something that the confinement did not let a command do.

    `operation` says what, `evidence` how we know, `allow` what in the server file would change
    it; None where nothing would, or nothing should.
    """

    operation: str
    evidence: str
    allow: str | None


def explain(
    confined: ConfinedPlan,
    machine: str,
    refused: tuple[Refusal, ...],
    said: str,
    *,
    disk: Disk,
    private: tuple[Path, ...] = (),
) -> tuple[Denial, ...]:
    """What the confinement denied to a command that failed, having said `said`.

    `private` are the folders that the call had for temporary files.
    """
    calls = [(one.number, one.first, one.second) for one in refused]
    found: dict[str, Denial] = {}
    for operation, allow in filtered.operations(confined, machine, calls, said):
        found.setdefault(operation, Denial(operation, "the kernel's filter refused it", allow))
    for denial in _inferred(confined, said, disk, private):
        found.setdefault(denial.operation, denial)
    return tuple(found.values())[:_MOST_TOLD]


def _inferred(
    confined: ConfinedPlan, said: str, disk: Disk, private: tuple[Path, ...]
) -> Iterator[Denial]:
    plan, rules = confined.plan, confined.rules
    if rules is None or not rules.files:
        return  # at this tier, no file is kept from anyone
    in_view = confined.confinement.tier is Tier.NAMESPACES
    own = (*private, *map(Path, confined.cell.private))
    bare = landlock.rules(plan.access, LEAST_VERSION, network=plan.network, masked=False)
    grants = (*bare.grants, *(Grant(folder, rules.temporary) for folder in own))
    judge = Judge(plan, Granted(grants, in_view), disk, own)
    for complaint in complaints(said, plan.cwd):
        lack = judge.judge(complaint)
        if lack is not None:
            yield Denial(lack.operation, _evidence(complaint, lack), lack.allow)


def _evidence(complaint: Complaint, lack: Lack) -> str:
    if complaint.absent:
        why = "its view of the disk has nothing there"
    elif lack.level:
        beside = ", ".join(path.name for path in lack.level)
        why = (
            f"at the tier landlock nothing can be made, removed or renamed beside {beside}; "
            "in the folders below it can, and at the tier namespaces"
        )
    elif lack.path.parent in TEMPORARY:
        why = "its own folder for temporary files is elsewhere, in TMPDIR"
    else:
        why = "no rule of its confinement allows that"
    return f"inferred: it said “{complaint.line}”, and {why}"
