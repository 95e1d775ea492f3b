"""How a call is brought to its end: TERM, grace, KILL, to every process of it."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import suppress
from math import inf
from typing import TypeVar

import anyio

from handrail.errors import Internal
from handrail.plan.plan import Plan
from handrail.process.outcome import (
    CpuExceeded,
    Ending,
    Exited,
    MemoryExceeded,
    Signalled,
    StageEnding,
)
from handrail.process.spawner import Running, Spawner, Usage
from handrail.process.zygote import wire

GRACE_SECONDS = 0.5
"""Between TERM and KILL: time to write a last line, short enough for a shutdown of 2 s."""
DRAIN_SECONDS = 0.1
"""After the command's own end: for what a child of it may still be writing."""
AHEAD_SECONDS = 0.5
"""After a pipeline's last stage: for the others to end, which nobody reads any more."""
KILL_SECONDS = 10.0
"""After KILL: only a process that is stuck in the kernel outlives it for long."""
_T = TypeVar("_T")


async def stop(spawner: Spawner, running: Running) -> None:
    """End every process of the call: ask, wait, then kill."""
    spawner.terminate()
    await _killed_after(GRACE_SECONDS, spawner, running)


async def sweep(spawner: Spawner, running: Running) -> None:
    """After the command's own end: kill what it left running, which could hold its pipes open.

    Stages of a pipeline may outlive its last one for a moment. One that goes on is stopped like
    a call, so that it can put away what it has open.
    """
    if not await surely(running.ended, AHEAD_SECONDS):
        await stop(spawner, running)
    await _killed_after(DRAIN_SECONDS, spawner, running)


async def _killed_after(seconds: float, spawner: Spawner, running: Running) -> None:
    if await surely(running.gone, seconds):
        return
    spawner.kill()
    if not await surely(running.gone, KILL_SECONDS):
        running.lose(Internal("a process of the command could not be killed"))


async def surely(future: asyncio.Future[_T], seconds: float = inf) -> bool:
    """Wait for `future`, whatever is cancelled meanwhile; whether it came in time.

    Shielded from anyio, which would cancel again and again, and deaf to asyncio, which has no
    shield for a task.
    """
    deadline = time.monotonic() + seconds
    while not future.done() and (left := deadline - time.monotonic()) > 0:
        with anyio.CancelScope(shield=True), suppress(asyncio.CancelledError):
            await asyncio.wait([future], timeout=left if left < inf else None)
    return future.done()


def by_itself(running: Running, usage: Usage, limit: float | None) -> Ending:
    """The ending that wait statuses tell, with the bounds that were crossed (wait(2)).

    It is the last stage's. But bounds are the call's, whichever stage crosses them.
    """
    own = [status for n, status in enumerate(usage.statuses) if n not in running.stopped]
    if running.exceeded == wire.MEMORY or (running.starved and any(own)):
        return MemoryExceeded()
    if limit is not None and any(_cpu_ended_it(one, usage.cpu_seconds, limit) for one in own):
        return CpuExceeded()
    return _plain(usage.statuses[-1])


def of_stages(plan: Plan, running: Running, usage: Usage, ended: Ending) -> tuple[StageEnding, ...]:
    """How each stage of a pipeline ended; none for a call of one command.

    What was stopped together with the last stage has the ending of the whole call.
    """
    if len(plan.stages) == 1:
        return ()
    stopped = running.stopped if len(plan.stages) - 1 in running.stopped else ()
    return tuple(
        StageEnding(stage.program.name, ended if n in stopped else _plain(usage.statuses[n]))
        for n, stage in enumerate(plan.stages)
    )


def _plain(status: int) -> Ending:
    number = status & 0x7F
    return Signalled(_name(number)) if number else Exited(status >> 8)


def _cpu_ended_it(status: int, cpu_seconds: float, limit: float) -> bool:
    """RLIMIT_CPU sends SIGXCPU at the soft limit, and SIGKILL a second later (getrlimit(2))."""
    number = status & 0x7F
    return number == signal.SIGXCPU or (number == signal.SIGKILL and cpu_seconds >= limit)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"  # a real-time signal
