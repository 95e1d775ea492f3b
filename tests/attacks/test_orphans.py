"""Whatever a command starts is gone when its call is over, and when its server is."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.process.outcome import Cancelled, Exited, Signalled, TimedOut
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import sh
from tests.running import Sleeps, eventually, run_one, said, started

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    sleeps = Sleeps()
    yield sleeps
    sleeps.clean_up()


TREES = [
    "{sleep} & {sleep} & {sleep}",
    "{sleep} & setsid {sleep} & setsid -f {sleep}; {sleep}",
    "(setsid sh -c '{sleep} & {sleep} &' &) ; {sleep}",
    "trap '' TERM; (trap '' TERM HUP; setsid {sleep}) & {sleep} & wait; wait",
    "nohup {sleep} >/dev/null 2>&1 & setsid -f {sleep} </dev/null >/dev/null 2>&1; {sleep}",
]


@pytest.mark.parametrize("tree", TREES)
async def test_a_tree_is_gone_after_a_timeout(tmp_path: Path, tree: str, sleeps: Sleeps) -> None:
    plan = sh(f"echo a; {tree.format(sleep=sleeps.command)}", wall_seconds=1.0)
    outcome = await run_one(plan, tmp_path)
    assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)[0]) == (TimedOut(1.0), b"a\n")


@pytest.mark.parametrize("tree", TREES)
async def test_a_tree_is_gone_after_a_cancel(tmp_path: Path, tree: str, sleeps: Sleeps) -> None:
    plan = sh(tree.format(sleep=sleeps.command))
    async with (
        Pool(most_idle=1) as pool,
        started(plan, pool, tmp_path, seen=lambda: len(sleeps.alive()) > 1) as call,
    ):
        call.cancel()
        assert (await call).ending == Cancelled()
        assert sleeps.alive() == []


@pytest.mark.parametrize("tree", TREES)
async def test_a_tree_is_gone_with_its_pool(tmp_path: Path, tree: str, sleeps: Sleeps) -> None:
    async with Pool(most_idle=1) as pool:
        call = asyncio.ensure_future(
            run(sh(tree.format(sleep=sleeps.command)), pool, spool=tmp_path)
        )
        await eventually(lambda: len(sleeps.alive()) > 1)
    assert sleeps.alive() == []
    assert call.done() or not await asyncio.wait([call], timeout=1)
    assert call.exception() is not None


async def test_daemons_are_gone_when_the_command_ends_by_itself(
    tmp_path: Path, sleeps: Sleeps
) -> None:
    script = f"{sleeps.command} & setsid -f {sleeps.command} >/dev/null 2>&1; echo a"
    outcome = await run_one(sh(script), tmp_path)
    assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)) == (Exited(0), (b"a\n", b""))


async def test_a_command_cannot_kill_its_zygote_or_its_server(
    tmp_path: Path, sleeps: Sleeps
) -> None:
    script = f"kill -9 $PPID; kill -9 {os.getpid()}; {sleeps.command} & kill -9 -1; echo not here"
    async with Pool(most_idle=1) as pool:
        outcome = await run(sh(script), pool, spool=tmp_path)
        _, stderr = said(outcome)
        assert stderr.count(b"Operation not permitted") == 2
        assert outcome.ending in (Exited(0), Signalled("SIGKILL"))
        assert sleeps.alive() == []
        assert said(await run(sh("echo next"), pool, spool=tmp_path)) == (b"next\n", b"")


async def test_one_call_cannot_kill_another(tmp_path: Path, sleeps: Sleeps) -> None:
    async with Pool(most_idle=2) as pool:
        plan = sh(sleeps.command)
        async with started(plan, pool, tmp_path, seen=lambda: bool(sleeps.alive())) as call:
            [victim] = sleeps.alive()
            script = f"kill -9 {victim.pid}; kill -9 -1; kill -9 {victim.ppid()}"
            said(await run(sh(script), pool, spool=tmp_path))
            await asyncio.sleep(0.1)
            assert (sleeps.alive(), call.done()) == ([victim], False)


SERVER = """
import asyncio, sys
from pathlib import Path
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import sh

async def main():
    async with Pool(most_idle=4) as pool:
        calls = [run(sh(script), pool, spool=Path(sys.argv[1])) for script in sys.argv[2:]]
        await asyncio.gather(*calls)

asyncio.run(main())
"""


async def test_everything_is_gone_after_the_server_was_killed(
    tmp_path: Path, sleeps: Sleeps
) -> None:
    scripts = [tree.format(sleep=sleeps.command) for tree in TREES]
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), *scripts],
        env={**os.environ, "PYTHONPATH": ":".join([*sys.path, str(ROOT)])},
    ) as server:
        await eventually(lambda: len(sleeps.alive()) >= 2 * len(TREES))
        server.kill()
    await eventually(lambda: not sleeps.alive(), seconds=2.0)


async def test_a_fork_bomb_is_stopped_and_gone(tmp_path: Path, sleeps: Sleeps) -> None:
    bomb = f"f() {{ {sleeps.command} & setsid {sleeps.command} & f; }}; f"
    outcome = await run_one(sh(bomb, pids=50), tmp_path)
    assert sleeps.alive() == []
    assert outcome.note == "it had more than 50 processes at once and was stopped"
