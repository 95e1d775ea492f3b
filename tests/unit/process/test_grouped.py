"""Calls in cgroups, where this machine lets us make them: `test_hierarchy` says when it does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from handrail.errors import Internal
from handrail.process.cgroup import Cgroups
from handrail.process.outcome import Exited, MemoryExceeded, Signalled
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import confined, sh
from tests.pipelines import stages
from tests.running import Sleeps, eventually, said

FOUND = Cgroups.find()
__test__ = isinstance(FOUND, Cgroups)
MIB = 1 << 20
EAT = "b'x' * (200 << 20)"


@pytest.fixture
def cgroups() -> Cgroups:
    assert isinstance(FOUND, Cgroups)
    return FOUND


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    made = Sleeps()
    yield made
    made.clean_up()


def groups() -> list[Path]:
    return list(Path("/sys/fs/cgroup").glob(f"**/handrail-{os.getpid()}-*-*"))


async def test_memory_is_bounded_for_all_processes_together(
    tmp_path: Path, cgroups: Cgroups
) -> None:
    """Three that hold 60 MiB each, which no limit of one process would notice."""
    eat = "python3 -c \"b = b'x' * (60 << 20); import time; time.sleep(30)\""
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        script = f"echo said; {eat} & {eat} & {eat} & wait -n; exit 9"
        hungry = confined("/bin/bash", "-c", script, memory_bytes=128 * MIB)
        outcome = await run(hungry, pool, spool=tmp_path)
        assert outcome.ending == MemoryExceeded()
        assert said(outcome)[0].startswith(b"said\n")
        # The zygote lives, and the next call has all of its own memory.
        assert (await run(sh("exit 7"), pool, spool=tmp_path)).ending == Exited(7)
    assert not groups()


async def test_a_command_that_survives_the_loss_of_a_child_says_so(
    tmp_path: Path, cgroups: Cgroups
) -> None:
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        script = f'python3 -c "{EAT}"; exit 0'
        outcome = await run(sh(script, memory_bytes=64 * MIB), pool, spool=tmp_path)
        said(outcome)
    assert outcome.ending == Exited(0)
    assert outcome.note is not None
    assert "memory" in outcome.note


async def test_a_stage_that_runs_out_of_memory_is_the_calls_ending(
    tmp_path: Path, cgroups: Cgroups
) -> None:
    """What the last stage made of it, having read to the end, is not the whole of it."""
    eat = ["/usr/bin/python3", "-c", f"print('begun', flush=True); {EAT}"]
    pipeline = stages(eat, ["/bin/cat"])
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        plan = confined(*eat, stages=pipeline, memory_bytes=64 * MIB)
        outcome = await run(plan, pool, spool=tmp_path)
    assert (outcome.ending, said(outcome)[0]) == (MemoryExceeded(), b"begun\n")
    assert [stage.ending for stage in outcome.stages] == [Signalled("SIGKILL"), Exited(0)]


async def test_all_stages_share_the_processes_of_a_call(tmp_path: Path, cgroups: Cgroups) -> None:
    fork = "for i in $(seq 15); do sleep 60 & done"
    first, last = ["/bin/sh", "-c", f"{fork}; echo; wait"], ["/bin/sh", "-c", f"read x; {fork}"]
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        plan = confined(*last, stages=stages(first, last), pids=20)
        outcome = await run(plan, pool, spool=tmp_path)
        said(outcome)
        assert outcome.ending == Exited(2)
        assert outcome.note is not None
        assert "it was refused more than 20 processes at once" in outcome.note
        # That is not told of the next call.
        assert (await run(sh("exit 7"), pool, spool=tmp_path)).note is None


async def test_processes_are_bounded_by_the_kernel(tmp_path: Path, cgroups: Cgroups) -> None:
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        count = "for i in $(seq 300); do sleep 60 & done; ls -d /proc/[0-9]* | wc -l"
        outcome = await run(sh(count, pids=20, wall_seconds=20), pool, spool=tmp_path)
        said(outcome)
    assert outcome.ending != Exited(0)
    assert outcome.note == "it was refused more than 20 processes at once"


async def test_what_a_killed_zygote_leaves_cannot_hide(
    tmp_path: Path, cgroups: Cgroups, sleeps: Sleeps
) -> None:
    """Not even without the environment by which it would be found where there are no groups."""
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        script = f"env -i setsid {sleeps.command} & env -i {sleeps.command}"
        call = asyncio.ensure_future(run(sh(script), pool, spool=tmp_path))
        await eventually(lambda: len(sleeps.alive()) == 2)
        above = {each.pid for sleep in sleeps.alive() for each in sleep.parents()}
        zygote = next(child for child in psutil.Process().children() if child.pid in above)
        zygote.kill()
        with pytest.raises(Internal):
            await call
        await eventually(lambda: not sleeps.alive())
    assert not groups()
