"""Every way that a command can end, and what is kept of it: real processes, whole outcomes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from handrail.errors import SpawnFailed
from handrail.process.onlooker import NOBODY, Onlooker
from handrail.process.outcome import (
    Cancelled,
    CpuExceeded,
    Ending,
    Exited,
    MemoryExceeded,
    Outcome,
    OutputExceeded,
    Signalled,
    TimedOut,
)
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan, Confinement
from handrail.spec.server import Tier
from tests.builders import confined, sh
from tests.running import run_one, said

# Long enough for any machine, and nothing beside the 300 that commands here sleep.
PROMPT_SECONDS = 20.0


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(most_idle=4) as pool:
        yield pool


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


async def ended(
    plan: ConfinedPlan, pool: Pool, spool: Path, onlooker: Onlooker = NOBODY
) -> tuple[Ending, bytes, bytes]:
    outcome = await run(plan, pool, spool=spool, onlooker=onlooker)
    stdout, stderr = said(outcome)
    return outcome.ending, stdout, stderr


def at_its_word(do: Callable[[], object]) -> Onlooker:
    """Does this, in the loop, when the command says its line."""
    loop = asyncio.get_running_loop()

    def hear(_: str) -> None:
        loop.call_soon_threadsafe(do)

    return Onlooker(hear)


async def test_a_whole_outcome(pool: Pool, spool: Path) -> None:
    outcome = await run(sh("echo out; echo err >&2; exit 3"), pool, spool=spool)
    assert said(outcome) == (b"out\n", b"err\n")
    assert 0 < outcome.seconds < 30
    assert 0 < outcome.cpu_seconds < 30
    assert 0 < outcome.max_rss_bytes < 1 << 30
    assert 0 < outcome.spawn_seconds < outcome.seconds
    measured = replace(outcome, seconds=0.0, spawn_seconds=0.0, cpu_seconds=0.0, max_rss_bytes=0)
    assert measured == Outcome(
        ending=Exited(3),
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        seconds=0.0,
        cpu_seconds=0.0,
        max_rss_bytes=0,
        confinement=Confinement(Tier.RLIMITS, network=True),
        note=None,
    )


async def test_what_it_writes_to_the_disk_is_counted_whoever_of_its_processes_writes(
    pool: Pool, spool: Path, tmp_path: Path
) -> None:
    # The second dd is no child of the shell when it ends.
    script = """
        dd if=/dev/zero of=$0/a bs=64k count=16
        (setsid dd if=$0/a of=$0/b bs=64k &)
        until [ "$(stat -c %s "$0/b")" = 1048576 ]; do sleep 0.01; done
    """
    plan = confined("/bin/sh", "-c", script, str(tmp_path))

    outcome = await run(plan, pool, spool=spool)

    said(outcome)
    assert outcome.ending == Exited(0)
    assert 2 << 20 <= outcome.written_bytes < 3 << 20


@pytest.mark.parametrize("code", [0, 1, 127, 255])
async def test_it_exits(pool: Pool, spool: Path, code: int) -> None:
    plan = sh(f"printf a; printf b >&2; exit {code}")
    assert await ended(plan, pool, spool) == (Exited(code), b"a", b"b")


@pytest.mark.parametrize("signal", ["SEGV", "TERM", "KILL", "HUP", "INT", "PIPE", "XCPU"])
async def test_a_signal_ends_it(pool: Pool, spool: Path, signal: str) -> None:
    plan = sh(f"printf a; kill -{signal} $$; printf b")
    assert await ended(plan, pool, spool) == (Signalled(f"SIG{signal}"), b"a", b"")


async def test_it_takes_too_long(pool: Pool, spool: Path) -> None:
    plan = sh("echo a; echo b >&2; sleep 300", wall_seconds=1.0)
    assert await ended(plan, pool, spool) == (TimedOut(1.0), b"a\n", b"b\n")


async def test_it_may_say_a_last_word_when_it_is_stopped(pool: Pool, spool: Path) -> None:
    plan = sh("trap 'echo bye; exit 0' TERM; echo hi; sleep 300 & wait", wall_seconds=1.0)
    assert await ended(plan, pool, spool) == (TimedOut(1.0), b"hi\nbye\n", b"")


async def test_it_is_killed_when_it_will_not_stop(pool: Pool, spool: Path) -> None:
    plan = sh("trap '' TERM; echo hi; while :; do sleep 1; done", wall_seconds=1.0)
    began = time.monotonic()
    assert await ended(plan, pool, spool) == (TimedOut(1.0), b"hi\n", b"")
    assert time.monotonic() - began < PROMPT_SECONDS


async def test_it_writes_too_much(pool: Pool, spool: Path) -> None:
    plan = confined("/usr/bin/yes", spool_bytes=1_000_000, output_bytes=1000)
    assert await ended(plan, pool, spool) == (OutputExceeded(1_000_000), b"y\n" * 500_000, b"")


async def test_both_streams_share_the_budget(pool: Pool, spool: Path) -> None:
    script = "head -c 700000 /dev/zero; head -c 700000 /dev/zero >&2"
    ending, stdout, stderr = await ended(sh(script, spool_bytes=1_000_000), pool, spool)
    assert ending == OutputExceeded(1_000_000)
    assert len(stdout) + len(stderr) == 1_000_000


async def test_too_much_is_too_much_when_the_command_ends_before_it_is_read(
    pool: Pool, spool: Path
) -> None:
    plan = sh("seq 100000", spool_bytes=300_000, output_bytes=1000)
    outcome = await run(plan, pool, spool=spool, onlooker=Onlooker(lambda _: time.sleep(0.01)))
    assert (outcome.ending, len(said(outcome)[0])) == (OutputExceeded(300_000), 300_000)


async def test_exactly_the_budget_is_not_too_much(pool: Pool, spool: Path) -> None:
    plan = sh("head -c 1000000 /dev/zero", spool_bytes=1_000_000)
    assert await ended(plan, pool, spool) == (Exited(0), bytes(1_000_000), b"")


async def test_it_holds_too_much_memory(pool: Pool, spool: Path) -> None:
    script = "print(1, flush=True); x = b'x' * (200 << 20); import time; time.sleep(300)"
    plan = confined(sys.executable, "-c", script, memory_bytes=100 << 20)
    assert await ended(plan, pool, spool) == (MemoryExceeded(), b"1\n", b"")


async def test_its_children_count_for_its_memory(pool: Pool, spool: Path) -> None:
    child = f"{sys.executable} -c \"x = b'x' * (60 << 20); import time; time.sleep(300)\""
    plan = sh(f"{child} & {child} & wait", memory_bytes=100 << 20)
    assert await ended(plan, pool, spool) == (MemoryExceeded(), b"", b"")


async def test_it_uses_too_much_processor_time(pool: Pool, spool: Path) -> None:
    plan = sh("echo a; while :; do :; done", cpu_seconds=1.0)
    assert await ended(plan, pool, spool) == (CpuExceeded(), b"a\n", b"")


async def test_deaf_to_the_first_warning_it_is_killed_a_second_later(
    pool: Pool, spool: Path
) -> None:
    plan = sh("trap '' XCPU; echo a; while :; do :; done", cpu_seconds=1.0)
    assert await ended(plan, pool, spool) == (CpuExceeded(), b"a\n", b"")


async def test_it_starts_too_many_processes(pool: Pool, spool: Path) -> None:
    script = "echo a; for i in 1 2 3 4 5 6 7 8 9; do sleep 300 & done; wait"
    outcome = await run(sh(script, pids=5), pool, spool=spool)
    assert (outcome.ending, said(outcome)) == (Signalled("SIGKILL"), (b"a\n", b""))
    assert outcome.note == "it had more than 5 processes at once and was stopped"


async def test_who_sets_the_cut_says_how_it_ends(pool: Pool, spool: Path) -> None:
    cut: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
    cutting = at_its_word(lambda: cut.set_result(Cancelled()))
    outcome = await run(sh("echo a; sleep 300"), pool, spool=spool, onlooker=cutting, cut=cut)
    assert (outcome.ending, said(outcome)) == (Cancelled(), (b"a\n", b""))


async def test_a_cancelled_call_returns_what_was_said(pool: Pool, spool: Path) -> None:
    spoke = asyncio.Event()
    plan, onlooker = sh("echo a; sleep 300"), at_its_word(spoke.set)
    task = asyncio.ensure_future(ended(plan, pool, spool, onlooker))
    await spoke.wait()
    task.cancel()
    assert await task == (Cancelled(), b"a\n", b"")


async def test_a_second_and_third_cancel_change_nothing(pool: Pool, spool: Path) -> None:
    stubborn = sh("trap '' TERM; echo a; while :; do sleep 1; done")
    spoke = asyncio.Event()
    task = asyncio.ensure_future(ended(stubborn, pool, spool, at_its_word(spoke.set)))
    await spoke.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.1)
    assert await task == (Cancelled(), b"a\n", b"")


async def test_an_anyio_scope_gets_the_outcome_too(pool: Pool, spool: Path) -> None:
    got: list[tuple[Ending, bytes, bytes]] = []
    with anyio.CancelScope() as scope:
        cancelling = at_its_word(scope.cancel)
        got.append(await ended(sh("echo a; sleep 300"), pool, spool, cancelling))
        await anyio.sleep(0)
        got.clear()
    assert (scope.cancelled_caught, got) == (True, [(Cancelled(), b"a\n", b"")])


@pytest.mark.parametrize("loops", [0, 1, 2, 5])
async def test_a_call_cancelled_while_it_starts_ends_too(spool: Path, loops: int) -> None:
    async with Pool(most_idle=1) as pool:
        task = asyncio.ensure_future(ended(sh("sleep 300"), pool, spool))
        for _ in range(loops):
            await asyncio.sleep(0)
        task.cancel()
        if loops == 0:  # it never got to run
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            assert await task == (Cancelled(), b"", b"")
        assert await ended(sh("echo next"), pool, spool) == (Exited(0), b"next\n", b"")


async def test_stdin_is_empty_unless_given(pool: Pool, spool: Path) -> None:
    assert await ended(confined("/bin/cat"), pool, spool) == (Exited(0), b"", b"")


async def test_a_megabyte_of_stdin(pool: Pool, spool: Path) -> None:
    text = bytes(range(256)) * 4096
    assert await ended(confined("/bin/cat", stdin=text), pool, spool) == (Exited(0), text, b"")


async def test_stdin_that_nobody_reads(pool: Pool, spool: Path) -> None:
    plan = confined("/bin/true", stdin=bytes(1 << 20))
    assert await ended(plan, pool, spool) == (Exited(0), b"", b"")


async def test_a_very_long_argv(pool: Pool, spool: Path) -> None:
    words = [f"{number:06}" for number in range(20_000)]
    plan = confined("/bin/echo", *words)
    assert await ended(plan, pool, spool) == (Exited(0), " ".join(words).encode() + b"\n", b"")


async def test_an_argv_too_long_for_the_kernel(pool: Pool, spool: Path) -> None:
    with pytest.raises(SpawnFailed) as refused:
        await run(confined("/bin/echo", "x" * 200_000), pool, spool=spool)
    assert refused.value.message == "echo: Argument list too long (starting the program)"


async def test_a_nul_that_got_past_everyone_is_refused(pool: Pool, spool: Path) -> None:
    for plan in (confined("/bin/echo", "a\0b"), confined("/bin/echo", env={"A": "a\0b"})):
        with pytest.raises(SpawnFailed) as refused:
            await run(plan, pool, spool=spool)
        assert refused.value.message == "echo: Invalid argument (starting the program)"


async def test_it_runs_in_its_directory(pool: Pool, spool: Path, tmp_path: Path) -> None:
    plan = confined("/bin/pwd", cwd=tmp_path)
    assert await ended(plan, pool, spool) == (Exited(0), f"{tmp_path}\n".encode(), b"")


async def test_a_directory_that_is_not_there(pool: Pool, spool: Path, tmp_path: Path) -> None:
    with pytest.raises(SpawnFailed) as refused:
        await run(confined("/bin/pwd", cwd=tmp_path / "gone"), pool, spool=spool)
    assert (
        refused.value.message == "pwd: No such file or directory (entering the working directory)"
    )


async def test_a_file_that_is_no_program(pool: Pool, spool: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("no program")
    text.chmod(0o755)
    for _ in range(3):
        with pytest.raises(SpawnFailed) as refused:
            await run(confined(str(text)), pool, spool=spool)
        assert refused.value.message == "text: Exec format error (starting the program)"
    assert await ended(sh("echo next"), pool, spool) == (Exited(0), b"next\n", b"")


async def test_a_background_child_cannot_hold_the_answer(pool: Pool, spool: Path) -> None:
    for script in ("sleep 300 & echo a", "setsid sleep 300 & echo a", "(sleep 300 &) ; echo a"):
        began = time.monotonic()
        assert await ended(sh(script), pool, spool) == (Exited(0), b"a\n", b"")
        assert time.monotonic() - began < PROMPT_SECONDS


async def test_a_background_child_may_finish_its_sentence(pool: Pool, spool: Path) -> None:
    plan = sh("(sleep 0.03; echo b) & echo a")
    assert await ended(plan, pool, spool) == (Exited(0), b"a\nb\n", b"")


async def test_sixteen_sleep_at_the_same_time(pool: Pool, spool: Path) -> None:
    began = time.monotonic()
    plans = [confined("/bin/sleep", "0.5") for _ in range(16)]
    endings = await asyncio.gather(*(ended(plan, pool, spool) for plan in plans))
    assert endings == [(Exited(0), b"", b"")] * 16
    assert time.monotonic() - began < 16 * 0.5 / 2


async def test_values_that_must_not_be_shown_are_covered(pool: Pool, spool: Path) -> None:
    plan = sh("printf 'key hunter2!'; printf 'hunter2!' >&2", hidden=("hunter2!",))
    assert await ended(plan, pool, spool) == (Exited(0), b"key ********", b"********")


async def test_a_file_that_outgrows_its_bound_ends_the_command_and_is_named(tmp_path: Path) -> None:
    plan = sh(f"exec head -c 2000000 /dev/zero > {tmp_path}/large", file_bytes=1_000_000)
    outcome = await run_one(plan, tmp_path)
    said(outcome)
    assert outcome.ending == Signalled("SIGXFSZ")
    assert outcome.note == "a file of it would have outgrown file_size, 1000000 bytes"
    assert (tmp_path / "large").stat().st_size == 1_000_000


async def test_open_files_are_bounded_for_good(tmp_path: Path) -> None:
    outcome = await run_one(sh("ulimit -n; ulimit -n 65 || ulimit -Hn", open_files=64), tmp_path)
    assert said(outcome)[0] == b"64\n64\n"


async def test_a_kill_that_was_not_ours_is_not_explained_away(tmp_path: Path) -> None:
    outcome = await run_one(sh("kill -9 $$"), tmp_path)
    said(outcome)
    assert outcome.ending == Signalled("SIGKILL")
    assert outcome.note is not None
    assert outcome.note.startswith("handrail did not send it; the command held ")


async def test_libraries_that_many_processes_share_are_no_memory_of_each(tmp_path: Path) -> None:
    script = "for i in $(seq 60); do sleep 1 & done; wait; echo done"
    outcome = await run_one(sh(script, memory_bytes=64 << 20), tmp_path)
    assert outcome.max_rss_bytes > 64 << 20
    assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"done\n")


async def test_shared_memory_is_memory(tmp_path: Path) -> None:
    share = "m = mmap.mmap(-1, 200 << 20); m.write(b'x' * (200 << 20))"
    script = f"import mmap, time; {share}; time.sleep(30)"
    outcome = await run_one(
        confined("/usr/bin/python3", "-c", script, memory_bytes=64 << 20), tmp_path
    )
    said(outcome)
    assert outcome.ending == MemoryExceeded()
