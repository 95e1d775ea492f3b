"""What does a start cost: ours on each tier, captured and bare; asyncio's; and the least one?"""

from __future__ import annotations

import asyncio
import os
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from benchmarks.confined import PROGRAM, Bench, set_up
from benchmarks.floor import Floor, floor, posix_spawn
from benchmarks.measure import Act, Rounds, take_turns, timed
from benchmarks.table import Comparison, Table
from handrail.process.cgroup import Cgroups
from handrail.process.order import order
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan
from handrail.spec.server import Tier

ROUNDS = 40
_BATCH = 20
_BATCH_OF_FIRST_RUNS = 2
_CAPTURED, _BARE, _POSIX = "asyncio + capture", "asyncio", "os.posix_spawn"
_GATE_OF_RUN, _GATE_OF_SPAWN = "<= 1.1, goal 0.9", "<= 1.75, goal 1.5"
_EXCEPTING = "run with exceptions, landlock"
_Question = tuple[str, str, str]
"""Who of us, against whom, and the gate."""


async def measure(rounds: int = ROUNDS) -> Table:
    """`true`, started by all of them in turn."""
    with tempfile.TemporaryDirectory() as name, floor(PROGRAM, Path(name)) as least:
        bench = await set_up(Path(name))
        async with _warm(bench, Path(name)) as ours:
            turns = {**ours, **_theirs(least)}
            samples = await take_turns(turns, rounds, _BATCH)
        turns = {**_first(bench, Path(name)), _CAPTURED: timed(_asyncio_captured)}
        firsts = await take_turns(turns, rounds, _BATCH_OF_FIRST_RUNS, warm_up=1)
    comparisons = [
        *_compared(samples, _questions(bench, least)),
        *_compared(firsts, [(f"first run, {tier}", _CAPTURED, "") for tier in bench.means]),
    ]
    facts = {f"not measured, {tier}": why for tier, why in bench.lacking.items()}
    if least.warning is not None:
        facts["the floor"] = least.warning
    return Table("spawn", "start `true`, and see it end; ms", comparisons, facts)


def _questions(bench: Bench, least: Floor) -> Iterator[_Question]:
    for tier in bench.means:
        yield f"run, {tier}", _CAPTURED, _GATE_OF_RUN
    if Tier.LANDLOCK in bench.means:
        yield _EXCEPTING, _CAPTURED, ""
    for tier in bench.means:
        yield f"spawn, {tier}", least.name, _GATE_OF_SPAWN
    for theirs in (_CAPTURED, _BARE, _POSIX):
        if theirs != least.name:
            yield theirs, least.name, ""


def _compared(samples: Mapping[str, Rounds], questions: Iterable[_Question]) -> list[Comparison]:
    return [
        Comparison(f"{ours} / {theirs}", samples[ours], samples[theirs], gate).in_milliseconds()
        for ours, theirs, gate in questions
    ]


@asynccontextmanager
async def _warm(bench: Bench, spool: Path) -> AsyncIterator[dict[str, Act]]:
    """Ours, each with a zygote that waits for it.

    `run` is a call but for its plan and its record. `spawn` is the zygote's part of it: from the
    order to the word that nothing is left, with nothing to read.
    """
    turns: dict[str, Act] = {}
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        async with _pool() as pool:
            for tier in bench.means:
                plan = bench.plan("read", tier)
                turns[f"run, {tier}"] = timed(partial(_run, plan, pool, spool))
                turns[f"spawn, {tier}"] = _spawning(plan, pool, nothing)
            if Tier.LANDLOCK in bench.means:
                plan = bench.plan("write", Tier.LANDLOCK)
                assert plan.rules is not None
                assert any(grant.besides for grant in plan.rules.grants)
                turns[_EXCEPTING] = timed(partial(_run, plan, pool, spool))
            yield turns
    finally:
        os.close(nothing)


def _first(bench: Bench, spool: Path) -> dict[str, Act]:
    """Ours, each with a zygote that must be started first, and its view of the disk made."""
    return {
        f"first run, {tier}": partial(_run_first, bench.plan("read", tier), spool)
        for tier in bench.means
    }


def _theirs(least: Floor) -> dict[str, Act]:
    return {
        _CAPTURED: timed(_asyncio_captured),
        _BARE: timed(_asyncio_bare),
        _POSIX: posix_spawn(PROGRAM),
        least.name: least.act,
    }


def _pool() -> Pool:
    """As a server has it, but for the number of its zygotes."""
    found = Cgroups.find()
    return Pool(most_idle=16, cgroups=found if isinstance(found, Cgroups) else None)


async def _run(confined: ConfinedPlan, pool: Pool, spool: Path) -> None:
    outcome = await run(confined, pool, spool=spool)
    outcome.stdout.close()
    outcome.stderr.close()


async def _run_first(confined: ConfinedPlan, spool: Path) -> float:
    async with _pool() as pool:
        return await timed(partial(_run, confined, pool, spool))()


def _spawning(confined: ConfinedPlan, pool: Pool, nothing: int) -> Act:
    spawner, told = pool.acquire(confined.cell), order(confined)

    async def act() -> None:
        await spawner.start(told, [nothing] * 3).gone

    return timed(act)


async def _asyncio_captured() -> None:
    process = await asyncio.create_subprocess_exec(PROGRAM, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    await process.communicate()


async def _asyncio_bare() -> None:
    process = await asyncio.create_subprocess_exec(
        PROGRAM, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    await process.wait()
