"""How many calls a second, when sixteen callers call at once?"""

from __future__ import annotations

import asyncio
import time

from benchmarks.servers import HANDRAIL, NAIVE, Connection, Transport, connected
from benchmarks.table import Comparison, Table

ROUNDS = 10
_CALLERS = 16
_CALLS_EACH = 8


async def measure(rounds: int = ROUNDS) -> Table:
    """`echo hi` over both transports; the callers share one client, which takes a core itself."""
    comparisons = [await _over(over, rounds) for over in Transport]
    return Table(
        "throughput",
        f"{_CALLERS} callers at once; calls per second; theirs is the naive FastMCP tool",
        comparisons,
    )


async def _over(over: Transport, rounds: int) -> Comparison:
    async with connected(HANDRAIL, over) as ours, connected(NAIVE, over) as theirs:
        await _rate(ours)
        await _rate(theirs)
        pairs = [await _pair(ours, theirs, number) for number in range(rounds)]
    what = f"echo over {over}"
    return Comparison(
        what, [[pair[0]] for pair in pairs], [[pair[1]] for pair in pairs], ">= 0.9, goal 1.2"
    )


async def _pair(ours: Connection, theirs: Connection, number: int) -> tuple[float, float]:
    """One round; who is first changes with each."""
    if number % 2:
        return await _rate(ours), await _rate(theirs)
    last = await _rate(theirs)
    return await _rate(ours), last


async def _rate(server: Connection) -> float:
    async def caller() -> None:
        for _ in range(_CALLS_EACH):
            await server.call("echo", text="hi")

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    return _CALLERS * _CALLS_EACH / (time.perf_counter() - began)
