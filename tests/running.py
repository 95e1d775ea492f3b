"""Running confined plans in a pool of their own, and looking for what is left of them."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from handrail.process.outcome import Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan

SOON_SECONDS = 20.0
STRANGER = 3_210_001
"""A user without a name."""
_counter = itertools.count()


def hand_over(*folders: Path) -> None:
    """Give folders to whom commands may run as: a server that is root asks who owns them."""
    if os.geteuid() == 0:
        for folder in folders:
            os.chown(folder, STRANGER, STRANGER)


async def run_one(confined: ConfinedPlan, spool: Path) -> Outcome:
    """One call in a pool that is gone afterwards."""
    async with Pool(most_idle=1) as pool:
        return await run(confined, pool, spool=spool)


@asynccontextmanager
async def started(
    confined: ConfinedPlan, pool: Pool, spool: Path, *, seen: Callable[[], bool]
) -> AsyncIterator[asyncio.Task[Outcome]]:
    """A call in a task of its own, since it was `seen` to run."""
    task = asyncio.ensure_future(run(confined, pool, spool=spool))
    try:
        await eventually(seen)
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


class Sleeps:
    """Sleeps like no other on this machine, so that they can be counted and killed."""

    def __init__(self) -> None:
        self.seconds = f"300.{os.getpid()}{next(_counter):06}"
        self.command = f"sleep {self.seconds}"

    def alive(self) -> list[psutil.Process]:
        """Those that live."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.cmdline() == ["sleep", self.seconds]:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def clean_up(self) -> None:
        """Kill those that a failed test left."""
        for process in self.alive():
            process.send_signal(signal.SIGKILL)


async def eventually(holds: Callable[[], bool], seconds: float = SOON_SECONDS) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)
