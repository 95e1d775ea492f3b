"""A server file on this machine becomes a line that is ready for calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handrail.call import Line
from handrail.plan.files import WORK
from handrail.plan.host import Host
from handrail.policy.approval import PATIENCE_SECONDS
from handrail.process.cgroup import Cgroups
from handrail.process.pool import Pool
from handrail.process.tiers import choose
from handrail.record.record import Recorder
from handrail.sandbox.cell import Cell
from handrail.sandbox.confine import common_cell
from handrail.sandbox.means import Means
from handrail.spec.server import ServerSpec
from handrail.systems.files.trash_room import prepare

_LEAST_IDLE = 8
"""Zygotes that wait for calls: several kinds of tools take turns without waiting for new ones."""


@asynccontextmanager
async def open_line(
    spec: ServerSpec,
    host: Host,
    recorder: Recorder,
    means: Means | None = None,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
) -> AsyncIterator[Line]:
    """A line that is ready for calls; on the way out, nothing of them is left.

    `means` as `process.tiers.choose` found them; looked for here when there are none yet.
    `patience_seconds` is how long a question waits for a person's answer.

    Raises `ConfinementUnavailable` when the file requires a stronger tier than can be had.
    """
    means = means or await choose(spec.confinement, host.user)
    prepare(spec, host)
    found = Cgroups.find()
    cgroups = found if isinstance(found, Cgroups) else None
    most_idle = max(spec.limits.concurrency, _LEAST_IDLE)
    async with Pool(most_idle=most_idle, warm=_common_cells(spec, means), cgroups=cgroups) as pool:
        line = Line(spec, host, means, pool, recorder, patience_seconds)
        try:
            yield line
        finally:
            line.outputs.clear()
            await line.meter.close()


def _common_cells(spec: ServerSpec, means: Means) -> list[Cell]:
    """What most calls will want: of the tools that run programs, and of those that need none."""
    works = {"" if tool.program_names else WORK for tool in spec.tools}
    cells = (common_cell(means, spec.limits, work) for work in works)
    return [cell for cell in cells if cell is not None]
