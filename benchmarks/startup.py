"""How long from the start of a server to its first answer?"""

from __future__ import annotations

import time

from benchmarks.measure import Act, take_turns
from benchmarks.servers import HANDRAIL, NAIVE, Transport, connected
from benchmarks.table import Comparison, Table

ROUNDS = 10


async def measure(rounds: int = ROUNDS) -> Table:
    """Start over stdio, connect, list the tools; and the same with a first call."""
    turns = {
        "our list": _listing(HANDRAIL),
        "their list": _listing(NAIVE),
        "our call": _calling(HANDRAIL),
        "their call": _calling(NAIVE),
    }
    samples = await take_turns(turns, rounds, 1, warm_up=1)
    gate = "<= 1.3, goal 1.0"
    comparisons = [
        Comparison("to the list of tools", samples["our list"], samples["their list"], gate),
        Comparison("to the end of a call", samples["our call"], samples["their call"]),
    ]
    comparisons = [comparison.in_milliseconds() for comparison in comparisons]
    return Table(
        "startup", "from start to answer; ms; theirs is a bare FastMCP server", comparisons
    )


def _listing(command: tuple[str, ...]) -> Act:
    async def act() -> float:
        began = time.perf_counter()
        async with connected(command, Transport.STDIO) as server:
            assert await server.client.list_tools()
            return time.perf_counter() - began

    return act


def _calling(command: tuple[str, ...]) -> Act:
    async def act() -> float:
        began = time.perf_counter()
        async with connected(command, Transport.STDIO) as server:
            await server.call("true")
            return time.perf_counter() - began

    return act
