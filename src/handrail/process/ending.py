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
from handrail.process.outcome import (
    CpuExceeded,
    Ending,
    Exited,
    MemoryExceeded,
    Signalled,
)
from handrail.process.spawner import Running, Spawner, Usage
from handrail.process.zygote import wire

GRACE_SECONDS = 0.5
"""Between TERM and KILL: time to write a last line, short enough for a shutdown of 2 s."""
DRAIN_SECONDS = 0.1
"""After the command's own end: for what a child of it may still be writing."""
KILL_SECONDS = 10.0
"""After KILL: only a process that is stuck in the kernel outlives it for long."""
_T = TypeVar("_T")


async def stop(spawner: Spawner, running: Running) -> None:
    """End every process of the call: ask, wait, then kill."""
    spawner.terminate()
    await _killed_after(GRACE_SECONDS, spawner, running)


async def sweep(spawner: Spawner, running: Running) -> None:
    """After the command's own end: kill what it left running, which could hold its pipes open."""
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


def by_itself(status: int, running: Running, usage: Usage, limit: float | None) -> Ending:
    """The ending that a wait status tells, with the bounds that were crossed (wait(2))."""
    if running.exceeded == wire.MEMORY or (running.starved and status):
        return MemoryExceeded()
    if status & 0x7F == 0:
        return Exited(status >> 8)
    number = status & 0x7F
    if limit is not None and _cpu_ended_it(number, usage.cpu_seconds, limit):
        return CpuExceeded()
    return Signalled(_name(number))


def _cpu_ended_it(number: int, cpu_seconds: float, limit: float) -> bool:
    """RLIMIT_CPU sends SIGXCPU at the soft limit, and SIGKILL a second later (getrlimit(2))."""
    return number == signal.SIGXCPU or (number == signal.SIGKILL and cpu_seconds >= limit)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"  # a real-time signal
