"""Running confined plans in a pool of their own, and looking for what is left of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from handrail.process.outcome import Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan

SOON_SECONDS = 5.0


async def run_one(confined: ConfinedPlan, spool: Path) -> Outcome:
    """One call in a pool that is gone afterwards."""
    async with Pool(most_idle=1) as pool:
        return await run(confined, pool, spool=spool)


@asynccontextmanager
async def started(
    confined: ConfinedPlan, pool: Pool, spool: Path
) -> AsyncIterator[asyncio.Task[Outcome]]:
    """A call that runs in a task of its own, since its program is there to be seen."""
    task = asyncio.ensure_future(run(confined, pool, spool=spool))
    await eventually(lambda: bool(processes(confined.plan.argv)))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def said(outcome: Outcome) -> tuple[bytes, bytes]:
    """All of stdout and stderr; gives their space back."""
    texts = [stream.read(0, stream.size) for stream in (outcome.stdout, outcome.stderr)]
    outcome.stdout.close()
    outcome.stderr.close()
    return texts[0], texts[1]


def processes(argv: tuple[str, ...] | list[str]) -> list[psutil.Process]:
    """The live processes of this machine that have this very command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cmdline() == list(argv):
                found.append(process)
        except psutil.Error:
            continue
    return found


async def eventually(holds: Callable[[], bool], seconds: float = SOON_SECONDS) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)
