"""How long does one call take, from the client and back?"""

from __future__ import annotations

from benchmarks.measure import Act, take_turns, timed
from benchmarks.servers import HANDRAIL, NAIVE, Connection, Transport, connected
from benchmarks.table import Comparison, Table

ROUNDS = 30
_BATCH = 10
_GATES = {Transport.STDIO: "<= 1.3, goal 1.0", Transport.HTTP: ""}
_CALLS: dict[str, dict[str, object]] = {"true": {}, "echo": {"text": "hi"}}


async def measure(rounds: int = ROUNDS) -> Table:
    """Both commands over both transports, with both servers up."""
    comparisons = [comparison for over in Transport for comparison in await _over(over, rounds)]
    return Table("calls", "one call of a tool; ms; theirs is the naive FastMCP tool", comparisons)


async def _over(over: Transport, rounds: int) -> list[Comparison]:
    async with connected(HANDRAIL, over) as ours, connected(NAIVE, over) as theirs:
        return [
            await _compare(f"{tool} over {over}", ours, theirs, tool, rounds, _GATES[over])
            for tool in _CALLS
        ]


async def _compare(
    what: str, ours: Connection, theirs: Connection, tool: str, rounds: int, gate: str
) -> Comparison:
    turns = {"ours": _calling(ours, tool), "theirs": _calling(theirs, tool)}
    samples = await take_turns(turns, rounds, _BATCH)
    return Comparison(what, samples["ours"], samples["theirs"], gate).in_milliseconds()


def _calling(server: Connection, tool: str) -> Act:
    return timed(lambda: server.call(tool, **_CALLS[tool]))
