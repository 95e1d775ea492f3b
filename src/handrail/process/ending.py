"""How a call is brought to its end: TERM, grace, KILL, to every process of it."""

from __future__ import annotations

import asyncio
import signal

from handrail.process.helper import Helper, Running
from handrail.process.outcome import (
    CpuExceeded,
    Ending,
    Exited,
    MemoryExceeded,
    Signalled,
)
from handrail.process.zygote import wire

GRACE_SECONDS = 0.5
"""Between TERM and KILL: time to write a last line, short enough for a shutdown of 2 s."""
DRAIN_SECONDS = 0.1
"""After the command's own end: for what a child of it may still be writing."""


async def stop(helper: Helper, running: Running) -> None:
    """End every process of the call: ask, wait, then kill."""
    helper.terminate()
    await asyncio.wait([running.gone], timeout=GRACE_SECONDS)
    if not running.gone.done():
        helper.kill()
        await asyncio.wait([running.gone])


async def sweep(helper: Helper, running: Running) -> None:
    """After the command's own end: kill what it left running, which could hold its pipes open."""
    await asyncio.wait([running.gone], timeout=DRAIN_SECONDS)
    if not running.gone.done():
        helper.kill()
        await asyncio.wait([running.gone])


def by_itself(status: int, running: Running, cpu_seconds: float, limit: float | None) -> Ending:
    """The ending that a wait status tells, with the bounds that were crossed (wait(2))."""
    if running.exceeded == wire.MEMORY:
        return MemoryExceeded()
    if status & 0x7F == 0:
        return Exited(status >> 8)
    number = status & 0x7F
    if limit is not None and _cpu_ended_it(number, cpu_seconds, limit):
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
