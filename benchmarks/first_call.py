"""How long from `handrail new --yes` to the first call that a real client makes?"""

from __future__ import annotations

import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import take_turns, timed
from benchmarks.servers import ENVIRONMENT, NAIVE, Transport, connected
from benchmarks.table import Comparison, Table

ROUNDS = 10
_HANDRAIL = (sys.executable, "-m", "handrail")


async def measure(rounds: int = ROUNDS) -> Table:
    """Write a server file, serve it, connect, call; theirs is there already, and is served."""
    with _repository() as folder:
        turns = {
            "whole": timed(lambda: _first_call(folder)),
            "their call": timed(_their_call),
            "writing": timed(lambda: _write(folder)),
            "nothing": timed(_nothing),
        }
        samples = await take_turns(turns, rounds, 1, warm_up=1)
    comparisons = [
        Comparison("from handrail new to a call", samples["whole"], samples["their call"]),
        Comparison("handrail new --yes alone", samples["writing"], samples["nothing"]),
    ]
    slowest = max(sample for batch in samples["whole"] for sample in batch)
    return Table(
        "first_call",
        "from an empty folder to a tool's answer; ms; theirs is the start of a bare FastMCP "
        "server to its first answer, and of Python",
        [comparison.in_milliseconds() for comparison in comparisons],
        {"the slowest, goal 5 s": f"{slowest:.2f} s"},
    )


@contextmanager
def _repository() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="handrail-benchmark-"))
    folder.chmod(0o755)  # for whoever commands run as
    try:
        (folder / "README.md").write_text("# Here\n")
        yield folder
    finally:
        shutil.rmtree(folder)


async def _first_call(folder: Path) -> None:
    await _write(folder)
    command = (*_HANDRAIL, "serve", str(folder / "handrail.toml"))
    async with connected(command, Transport.STDIO) as server:
        await server.call("read_file", path="README.md")


async def _write(folder: Path) -> None:
    (folder / "handrail.toml").unlink(missing_ok=True)
    shutil.rmtree(folder / ".handrail", ignore_errors=True)
    await _done(*_HANDRAIL, "new", str(folder), "--yes")


async def _their_call() -> None:
    async with connected(NAIVE, Transport.STDIO) as server:
        await server.call("true")


async def _nothing() -> None:
    await _done(sys.executable, "-c", "pass")


async def _done(*command: str) -> None:
    process = await create_subprocess_exec(
        *command, env=ENVIRONMENT, stdout=DEVNULL, stderr=DEVNULL
    )
    assert await process.wait() == 0, command
