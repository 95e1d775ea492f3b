"""What do budgets and the audit cost one call, against the same server without them?"""

from __future__ import annotations

from benchmarks.measure import take_turns, timed
from benchmarks.redis import redis
from benchmarks.servers import Connection, serving_with
from benchmarks.table import Comparison, Table

ROUNDS = 30
_BATCH = 10
_GATE = "<= 1.1"
_WRITING = """
[[tool]]
name = "change"
description = "Do nothing, and say that it changes things."
program = "true"
effect = "write"
"""
_BUDGETS = """
[audit]

[access]
store = "{store}"
[access.limits]
rate = "100000/minute"
calls = "1000000/day"
cpu = "20h/day"
output = "1GiB/day"
concurrency = 16
[access.total]
calls = "10000000/day"
"""


async def measure(rounds: int = ROUNDS) -> Table:
    """A tool that reads and one that writes, with each store."""
    with redis() as url:
        stores = ["memory", "sqlite", *([] if url is None else [url])]
        comparisons = [one for store in stores for one in await _with(store, rounds)]
    title = "one call over stdio; ms; theirs is Handrail without budgets and audit"
    return Table("metered", title, comparisons)


async def _with(store: str, rounds: int) -> list[Comparison]:
    budgets = _BUDGETS.format(store=store)
    async with serving_with(_WRITING) as plain, serving_with(_WRITING + budgets) as metered:
        return [
            await _compare(f"{tool}, {store.partition(':')[0]}", tool, metered, plain, rounds)
            for tool in ("true", "change")
        ]


async def _compare(
    what: str, tool: str, ours: Connection, theirs: Connection, rounds: int
) -> Comparison:
    turns = {
        "ours": timed(lambda: ours.call(tool)),
        "theirs": timed(lambda: theirs.call(tool)),
    }
    samples = await take_turns(turns, rounds, _BATCH)
    return Comparison(what, samples["ours"], samples["theirs"], _GATE).in_milliseconds()
