"""What do budgets and the audit cost one call, against the same server without them?"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from benchmarks.measure import take_turns, timed
from benchmarks.redis import redis
from benchmarks.servers import FILE, Connection, Transport, connected
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
    async with _server("") as plain, _server(_BUDGETS.format(store=store)) as metered:
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


@asynccontextmanager
async def _server(tables: str) -> AsyncIterator[Connection]:
    with _folder() as folder:
        file = folder / FILE.name
        file.write_text(f"{FILE.read_text()}{_WRITING}{tables}")
        command = (sys.executable, "-m", "handrail", "serve", str(file))
        async with connected(command, Transport.STDIO) as server:
            yield server


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="handrail-benchmark-"))
    folder.chmod(0o777)  # for whoever commands run as
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
