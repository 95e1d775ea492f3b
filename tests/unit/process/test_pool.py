"""Zygotes come, serve, and go; nothing stays behind, whatever dies first."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from handrail.errors import Draining, Internal
from handrail.process.outcome import Exited
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import confined, sh
from tests.running import Sleeps, eventually, run_one, said, started


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    sleeps = Sleeps()
    yield sleeps
    sleeps.clean_up()


CELL = sh("").cell


def zygotes() -> list[psutil.Process]:
    """Our zygotes that live; servers of other tests may be our children too."""
    return [child for child in psutil.Process().children() if _is_zygote(child)]


def _is_zygote(child: psutil.Process) -> bool:
    try:
        return "zygote.main" in " ".join(child.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


async def test_one_zygote_serves_call_after_call(tmp_path: Path) -> None:
    async with Pool(most_idle=1, warm=[CELL]) as pool:
        # For an instant of execve(2) a process has no command line.
        await eventually(lambda: len(zygotes()) == 1)
        before = [zygote.pid for zygote in zygotes()]
        for _ in range(5):
            assert said(await run(sh("echo $PPID"), pool, spool=tmp_path)) == (
                f"{before[0]}\n".encode(),
                b"",
            )
        assert [zygote.pid for zygote in zygotes()] == before


async def test_no_more_stay_idle_than_wanted(tmp_path: Path) -> None:
    async with Pool(most_idle=2) as pool:
        plans = [confined("/bin/sleep", "0.2") for _ in range(5)]
        await asyncio.gather(*(run(plan, pool, spool=tmp_path) for plan in plans))
        await eventually(lambda: len(zygotes()) == 2)


async def test_a_worn_zygote_is_replaced(tmp_path: Path) -> None:
    async with Pool(most_idle=1) as pool:
        worn = pool.acquire(CELL)
        worn.calls = 1000
        pool.release(worn)
        assert worn.zygote.process.pid not in [zygote.pid for zygote in zygotes()] or not worn.alive
        outcome = await run(sh("echo next"), pool, spool=tmp_path)
        assert outcome.ending == Exited(0)
        await eventually(lambda: worn.zygote.process.poll() is not None)


async def test_a_zygote_that_died_idle_is_not_used(tmp_path: Path) -> None:
    async with Pool(most_idle=1) as pool:
        await run(sh(""), pool, spool=tmp_path)
        for zygote in zygotes():
            zygote.kill()
        # Not asyncio's sleep: the loop must not hear of it before the next call.
        time.sleep(0.2)
        assert (await run(sh("exit 7"), pool, spool=tmp_path)).ending == Exited(7)


async def test_a_zygote_killed_in_mid_call_fails_that_call_and_leaves_nothing(
    tmp_path: Path, sleeps: Sleeps
) -> None:
    script = f"touch $TMPDIR/x; seq 100000; setsid {sleeps.command} & {sleeps.command}"
    plan = sh(script, output_bytes=1000)
    async with Pool(most_idle=1) as pool:
        async with started(plan, pool, tmp_path, seen=lambda: len(sleeps.alive()) == 2) as call:
            folder = Path(sleeps.alive()[0].environ()["TMPDIR"])
            shell = psutil.Process(sleeps.alive()[0].pid).parents()
            zygote = next(process for process in shell if process.ppid() == os.getpid())
            zygote.kill()
            with pytest.raises(Internal) as failed:
                await call
        assert failed.value.message == "the process that ran the command died"
        assert said(await run(sh("echo next"), pool, spool=tmp_path)) == (b"next\n", b"")
        await eventually(lambda: not sleeps.alive())
        await eventually(lambda: not folder.exists())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU])
async def test_a_signal_for_the_whole_server_does_not_end_a_call_from_below(
    tmp_path: Path, number: int
) -> None:
    """Who stops a service signals each of its processes; the server ends its calls in order."""
    async with Pool(most_idle=1) as pool:
        await run(sh(""), pool, spool=tmp_path)
        for zygote in zygotes():
            zygote.send_signal(number)
        pids = [zygote.pid for zygote in zygotes()]
        assert (await run(sh("exit 7"), pool, spool=tmp_path)).ending == Exited(7)
        assert [zygote.pid for zygote in zygotes()] == pids


async def test_calls_that_run_when_the_pool_closes_fail_and_leave_nothing(
    tmp_path: Path, sleeps: Sleeps
) -> None:
    plan = sh(f"trap '' TERM; setsid {sleeps.command} & {sleeps.command}")
    pool = Pool(most_idle=1)
    async with pool:
        call = asyncio.ensure_future(run(plan, pool, spool=tmp_path))
        await eventually(lambda: len(sleeps.alive()) == 2)
    assert (sleeps.alive(), zygotes()) == ([], [])
    with pytest.raises(Draining):
        await call
    with pytest.raises(Draining):
        await run(sh(""), pool, spool=tmp_path)


async def test_two_hundred_calls_leave_no_descriptor(tmp_path: Path) -> None:
    async with Pool(most_idle=1) as pool:

        async def several(count: int) -> int:
            for _ in range(count):
                said(await run(sh("echo a"), pool, spool=tmp_path))
            return len(list(Path("/proc/self/fd").iterdir()))

        before = await several(3)
        assert await several(200) == before
        shell = await run(sh("ls /proc/$PPID/fd | wc -l"), pool, spool=tmp_path)
        again = await run(sh("ls /proc/$PPID/fd | wc -l"), pool, spool=tmp_path)
        assert said(shell) == said(again)


async def test_a_command_leaves_no_temporary_files(tmp_path: Path) -> None:
    script = (
        "cd $TMPDIR && touch a && mkdir -p b/c && touch b/c/d && ln -s .. link"
        " && chmod 000 b/c b . && echo $TMPDIR"
    )
    stdout, stderr = said(await run_one(sh(script), tmp_path))
    assert stderr == b""
    assert not Path(stdout.decode().strip()).exists()


async def test_a_killed_command_leaves_no_temporary_files(tmp_path: Path) -> None:
    plan = sh("trap '' TERM; echo $TMPDIR; touch $TMPDIR/a; sleep 300", wall_seconds=1.0)
    stdout, _ = said(await run_one(plan, tmp_path))
    assert not Path(stdout.decode().strip()).exists()


async def test_every_call_finds_its_folder_empty_and_private(tmp_path: Path) -> None:
    bystander = tmp_path / "bystander"
    (bystander / "folder").mkdir(parents=True)
    (bystander / "folder" / "file").write_text("precious")
    (bystander / "file").write_text("precious")
    async with Pool(most_idle=1) as pool:
        for mischief in (
            "touch $TMPDIR/a",
            "chmod 777 $TMPDIR",
            "mkdir -p $TMPDIR/a/b/c; touch $TMPDIR/a/b/c/d; chmod 0 $TMPDIR/a/b $TMPDIR/a $TMPDIR",
            "rmdir $TMPDIR",
            f"ln -s {bystander} $TMPDIR/link; ln -s {bystander}/file $TMPDIR/file",
            f"rmdir $TMPDIR; ln -s {bystander} $TMPDIR",
            "rmdir $TMPDIR; touch $TMPDIR",
            "mv $TMPDIR $TMPDIR-x; mkdir -p $TMPDIR/a; rmdir $TMPDIR-x",
            "cd $TMPDIR; for i in $(seq 500); do mkdir d; cd d; done; touch deep",
            "true",
        ):
            said(await run(sh(mischief), pool, spool=tmp_path))
            looked = await run(sh("stat -c %F-%a $TMPDIR; ls -A $TMPDIR"), pool, spool=tmp_path)
            assert said(looked) == (b"directory-700\n", b""), mischief
    left = sorted(str(path.relative_to(bystander)) for path in bystander.rglob("*"))
    assert left == ["file", "folder", "folder/file"]
    assert stat.S_IMODE(bystander.stat().st_mode) == 0o755


async def test_nothing_of_the_pools_folders_is_left(tmp_path: Path) -> None:
    stdout, _ = said(await run_one(sh("echo $TMPDIR"), tmp_path))
    assert not Path(stdout.decode().strip()).exists()


async def test_a_link_in_place_of_the_folder_goes_with_a_killed_zygote(tmp_path: Path) -> None:
    bystander = tmp_path / "bystander"
    bystander.mkdir()
    (bystander / "file").write_text("precious")
    mark = tmp_path / "folder"
    script = (
        f"echo $TMPDIR > {mark}-x; rmdir $TMPDIR; ln -s {bystander} $TMPDIR; mv {mark}-x {mark}"
    )
    async with Pool(most_idle=1) as pool:
        async with started(sh(f"{script}; sleep 60"), pool, tmp_path, seen=mark.exists) as call:
            for zygote in zygotes():
                zygote.kill()
            with pytest.raises(Internal):
                await call
        await eventually(lambda: not os.path.lexists(mark.read_text().strip()))
    assert (bystander / "file").read_text() == "precious"
