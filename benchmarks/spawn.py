"""What does a start cost: ours, confined and captured; asyncio's, captured; and the bare one?"""

from __future__ import annotations

import asyncio
import os
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from benchmarks.measure import Act, take_turns, timed
from benchmarks.servers import FILE
from benchmarks.table import Comparison, Table
from handrail.plan.host import Host, survey
from handrail.plan.plan import build_plan
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan, choose, confine
from handrail.spec.load import load

ROUNDS = 40
_BATCH = 20
_PROGRAM = "/bin/true"


async def measure(rounds: int = ROUNDS) -> Table:
    """`true`, started by the runner on a warm pool, by asyncio, and by nobody in particular."""
    with tempfile.TemporaryDirectory() as spool:
        async with Pool(most_idle=2) as pool:
            turns = {
                "ours": _running(_true(), pool, Path(spool)),
                "asyncio": timed(_asyncio),
                "floor": timed(_posix_spawn),
            }
            samples = await take_turns(turns, rounds, _BATCH)
    comparisons = [
        Comparison(
            "against asyncio + capture", samples["ours"], samples["asyncio"], "<= 1.1, goal 0.9"
        ),
        Comparison("against os.posix_spawn", samples["ours"], samples["floor"]),
        Comparison("asyncio against os.posix_spawn", samples["asyncio"], samples["floor"]),
    ]
    return Table(
        "spawn",
        "start `true` and read what it says; ms",
        [each.in_milliseconds() for each in comparisons],
    )


def _true() -> ConfinedPlan:
    spec = load(FILE, os.environ)
    host, findings = survey(spec, FILE, os.environ)
    assert isinstance(host, Host), findings
    tool = next(tool for tool in spec.tools if tool.name == "true")
    return confine(build_plan(spec, tool, {}, host), choose(spec.confinement))


def _running(confined: ConfinedPlan, pool: Pool, spool: Path) -> Act:
    async def act() -> None:
        outcome = await run(confined, pool, spool=spool)
        outcome.stdout.close()
        outcome.stderr.close()

    return timed(act)


async def _asyncio() -> None:
    process = await asyncio.create_subprocess_exec(
        _PROGRAM, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    await process.communicate()


async def _posix_spawn() -> None:
    os.waitpid(os.posix_spawn(_PROGRAM, [_PROGRAM], {}), 0)
