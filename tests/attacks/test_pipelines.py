"""Pipelines on every tier: the stages reach each other, and nothing of them stays or hangs."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import Draining, SpawnFailed
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
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan
from handrail.spec.server import Tier
from tests.attacks.arena import TIERS, Arena
from tests.attacks.attack import field
from tests.attacks.victims import PYTHON
from tests.pipelines import Argv, script, stages
from tests.running import Sleeps, eventually, said, started

MIB = 1 << 20
HANG_SECONDS = 20.0
CAT, HEAD, TRUE, YES = ["/bin/cat"], ["/usr/bin/head", "-n1"], ["/bin/true"], ["/usr/bin/yes"]
pytestmark = pytest.mark.parametrize("tier", TIERS)


class Pipes:
    """An arena for pipelines."""

    def __init__(self, scene: Arena) -> None:
        self.scene = scene
        self.workspace = scene.workspace

    def confined(self, *commands: Argv, **changes: Any) -> ConfinedPlan:
        """What would be run."""
        return self.scene.confined([PYTHON], stages=stages(*commands), **changes)

    async def run(self, *commands: Argv, **changes: Any) -> Outcome:
        """What becomes of it; it must not hang, and the next call runs as if nothing was."""
        began = time.monotonic()
        spool = self.workspace.parent
        outcome = await run(self.confined(*commands, **changes), self.scene.pool, spool=spool)
        assert time.monotonic() - began < HANG_SECONDS
        after = await self.scene.run(["/bin/echo", "here"])
        assert (after.ending, said(after), after.stages) == (Exited(0), (b"here\n", b""), ())
        return outcome


@asynccontextmanager
async def pipes(tier: Tier) -> AsyncIterator[Pipes]:
    async with field(tier) as (scene, _):
        yield Pipes(scene)


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    made = Sleeps()
    yield made
    made.clean_up()


def endings(outcome: Outcome) -> list[Ending]:
    return [stage.ending for stage in outcome.stages]


async def test_what_one_writes_the_next_one_reads(tier: Tier) -> None:
    async with pipes(tier) as here:
        swap = script("echo second >&2; tr a-z A-Z")
        outcome = await here.run(
            script("echo first >&2; cat"), swap, ["/usr/bin/rev"], stdin=b"abc\n"
        )
    stdout, stderr = said(outcome)
    assert (outcome.ending, stdout) == (Exited(0), b"CBA\n")
    assert sorted(stderr.split()) == [b"first", b"second"]
    assert [stage.program for stage in outcome.stages] == ["sh", "sh", "rev"]
    assert (endings(outcome), outcome.note, outcome.denials) == ([Exited(0)] * 3, None, ())


async def test_eight_stages_see_the_end_of_each_other(tier: Tier) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(*[CAT] * 8, stdin=b"through eight")
    assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"through eight")
    assert endings(outcome) == [Exited(0)] * 8


async def test_a_reader_that_has_enough_ends_its_writers(tier: Tier) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(YES, CAT, HEAD)
    assert (outcome.ending, said(outcome)[0], outcome.note) == (Exited(0), b"y\n", None)
    assert endings(outcome) == [Signalled("SIGPIPE"), Signalled("SIGPIPE"), Exited(0)]


async def test_who_goes_on_when_the_last_one_has_ended_is_stopped(
    tier: Tier, sleeps: Sleeps
) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(script(f"exec {sleeps.command}"), TRUE)
        assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)) == (Exited(0), (b"", b""))
    assert endings(outcome) == [Signalled("SIGTERM"), Exited(0)]
    assert outcome.note == "stage 1, sh, still ran when the last one had ended, and was stopped"


async def test_be_it_deaf_to_everything(tier: Tier, sleeps: Sleeps) -> None:
    deaf = f"trap '' TERM PIPE; setsid {sleeps.command} & while :; do echo y; sleep 0.1; done"
    async with pipes(tier) as here:
        outcome = await here.run(script(deaf), HEAD)
        assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"y\n")
    assert endings(outcome) == [Signalled("SIGKILL"), Exited(0)]


async def test_it_can_put_away_what_it_has_open(tier: Tier) -> None:
    tidy = "touch lock; trap 'rm lock; exit 0' TERM; while :; do sleep 0.1; done"
    async with pipes(tier) as here:
        outcome = await here.run(script(tidy), TRUE)
        assert not (here.workspace / "lock").exists()
    assert (endings(outcome), said(outcome)[0]) == ([Exited(0), Exited(0)], b"")
    assert outcome.note == "stage 1, sh, still ran when the last one had ended, and was stopped"


async def test_the_failure_of_an_earlier_stage_is_told(tier: Tier) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(script("exit 128"), script("kill -SEGV $$"), CAT)
        failed = await here.run(CAT, script("exit 3"))
    assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"")
    assert outcome.note == "stage 1, sh, exited with code 128; stage 2, sh, was ended by SIGSEGV"
    assert (failed.ending, endings(failed), failed.note) == (
        Exited(3),
        [Exited(0), Exited(3)],
        None,
    )
    said(failed)


@pytest.mark.parametrize("place", [1, 2, 3])
async def test_when_one_cannot_be_started_nothing_stays(
    tier: Tier, sleeps: Sleeps, place: int
) -> None:
    async with pipes(tier) as here:
        text = here.workspace / "text"
        text.write_text("no program")
        text.chmod(0o755)
        commands = [script(f"touch ran; exec {sleeps.command}")] * 4
        commands[place] = ["/bin/echo", "x" * 200_000]
        with pytest.raises(SpawnFailed) as refused:
            await here.run(*commands[: place + 1], script(f"exec {sleeps.command}"))
        assert refused.value.message == "echo: Argument list too long (starting the program)"
        assert sleeps.alive() == []
        # Those before it have not even begun.
        assert not (here.workspace / "ran").exists()
        said(await here.run(CAT, CAT))


async def test_a_program_that_was_exchanged_is_found_in_any_stage(
    tier: Tier, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    async with pipes(tier) as here:
        plan = here.confined(script("touch ran"), [str(own)], CAT)
        own.write_text("#!/bin/sh\nexit 1\n")
        with pytest.raises(SpawnFailed, match="own was changed"):
            await run(plan, here.scene.pool, spool=tmp_path)
        assert not (here.workspace / "ran").exists()


async def test_a_flood_in_any_stage_ends_all(tier: Tier) -> None:
    async with pipes(tier) as here:
        for commands in ((YES, CAT, CAT), (script("yes >&2"), CAT, CAT)):
            outcome = await here.run(*commands, spool_bytes=MIB)
            stdout, stderr = said(outcome)
            assert (outcome.ending, len(stdout) + len(stderr)) == (OutputExceeded(MIB), MIB)


async def test_a_flood_between_two_stages_is_no_output(tier: Tier) -> None:
    async with pipes(tier) as here:
        flood = ["/usr/bin/head", "-c", "8000000", "/dev/zero"]
        outcome = await here.run(flood, CAT, ["/usr/bin/wc", "-c"], spool_bytes=MIB)
    assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"8000000\n")


async def test_memory_is_bounded_for_all_stages_together(tier: Tier) -> None:
    eat = [PYTHON, "-c", "b = b'x' * (60 << 20); import time; time.sleep(300)"]
    async with pipes(tier) as here:
        outcome = await here.run(eat, eat, eat, memory_bytes=128 * MIB)
    assert (outcome.ending, said(outcome)[0]) == (MemoryExceeded(), b"")
    assert endings(outcome) == [MemoryExceeded()] * 3


async def test_processes_are_bounded_for_all_stages_together(tier: Tier) -> None:
    four = script("for i in 1 2 3 4; do sleep 300 & done; wait")
    async with pipes(tier) as here:
        outcome = await here.run(four, four, pids=8)
    said(outcome)
    assert outcome.ending == Signalled("SIGKILL")
    assert outcome.note == "it had more than 8 processes at once and was stopped"


async def test_more_stages_than_processes_are_refused(tier: Tier) -> None:
    async with pipes(tier) as here:
        with pytest.raises(SpawnFailed, match="4 stages are more processes than the 3 allowed"):
            await here.run(script("touch ran; cat"), CAT, CAT, CAT, pids=3)
        assert not (here.workspace / "ran").exists()


async def test_a_stage_that_uses_too_much_processor_time_is_the_calls_ending(tier: Tier) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(script("while :; do :; done"), CAT, cpu_seconds=1.0)
    assert (outcome.ending, said(outcome)[0]) == (CpuExceeded(), b"")
    assert endings(outcome) == [Signalled("SIGXCPU"), Exited(0)]


async def test_a_time_limit_ends_every_stage_with_its_daemons(tier: Tier, sleeps: Sleeps) -> None:
    daemon = script(f"(setsid {sleeps.command} &); exec {sleeps.command}")
    async with pipes(tier) as here:
        outcome = await here.run(script("exit 9"), daemon, daemon, wall_seconds=1.0)
        assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)) == (TimedOut(1.0), (b"", b""))
    assert endings(outcome) == [Exited(9), TimedOut(1.0), TimedOut(1.0)]
    assert outcome.note == "stage 1, sh, exited with code 9"


async def test_who_holds_a_pipe_open_holds_its_reader_until_then(
    tier: Tier, sleeps: Sleeps
) -> None:
    """As in a shell: the reader does not know that its writer has ended."""
    leave = script(f"echo left; setsid {sleeps.command} &")
    async with pipes(tier) as here:
        outcome = await here.run(leave, CAT, wall_seconds=1.0)
        assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)[0]) == (TimedOut(1.0), b"left\n")
    assert endings(outcome) == [Exited(0), TimedOut(1.0)]


async def test_so_does_a_cancellation(tier: Tier, sleeps: Sleeps) -> None:
    daemon = script(f"(setsid {sleeps.command} &); exec {sleeps.command}")
    async with pipes(tier) as here:
        plan, spool = here.confined(daemon, daemon, daemon), here.workspace.parent
        everyone = lambda: len(sleeps.alive()) == 6  # noqa: E731  # for one place only
        async with started(plan, here.scene.pool, spool, seen=everyone) as call:
            call.cancel()
            outcome = await call
        assert sleeps.alive() == []
    assert (outcome.ending, said(outcome)) == (Cancelled(), (b"", b""))
    assert endings(outcome) == [Cancelled()] * 3


async def test_a_stage_has_its_three_streams_and_nothing_else(tier: Tier) -> None:
    look = [
        PYTHON,
        "-c",
        "import os\n"
        "own = {int(name) for name in os.listdir('/proc/self/fd')}\n"
        "ends = [os.readlink(f'/proc/self/fd/{n}') for n in range(2)]\n"
        "os.read(0, 1)\n"
        "os.write(2, f'{len(own - {0, 1, 2})} {ends[0]} {ends[1]}\\n'.encode())\n",
    ]
    async with pipes(tier) as here:
        outcome = await here.run(look, look, look)
    lines = [line.split() for line in said(outcome)[1].decode().splitlines()]
    # The folder that is listed is open meanwhile.
    assert [line[0] for line in lines] == ["1", "1", "1"]
    (_, first_in, first_out), (_, middle_in, middle_out), (_, last_in, _) = lines
    assert (first_in, first_out, middle_out) == ("/dev/null", middle_in, last_in)
    assert first_out != middle_out


async def test_a_denial_in_a_middle_stage_is_told(tier: Tier) -> None:
    async with pipes(tier) as here:
        outcome = await here.run(YES, script("cat /etc/shadow; exit 1"), CAT)
    said(outcome)
    assert outcome.ending == Exited(0)
    assert outcome.note == "stage 2, sh, exited with code 1"
    told = [denial.operation for denial in outcome.denials]
    assert told == ([] if tier is Tier.RLIMITS else ["reading /etc/shadow"])


async def test_sixty_four_mebibytes_come_through_three_stages_as_they_were(tier: Tier) -> None:
    async with pipes(tier) as here:
        block = bytes(range(251)) * 4177
        content = (block * (64 * MIB // len(block) + 1))[: 64 * MIB]
        (here.workspace / "large").write_bytes(content)
        outcome = await here.run(["/bin/cat", "large"], CAT, CAT)
    stdout, stderr = said(outcome)
    assert (outcome.ending, len(stdout), stderr) == (Exited(0), 64 * MIB, b"")
    assert hashlib.sha256(stdout).digest() == hashlib.sha256(content).digest()


async def test_sixteen_pipelines_at_once_do_not_mix(tier: Tier) -> None:
    async with pipes(tier) as here:
        plans = [here.confined(CAT, CAT, CAT, stdin=b"%d" % n) for n in range(16)]
        spool = here.workspace.parent
        outcomes = await asyncio.gather(*(run(one, here.scene.pool, spool=spool) for one in plans))
    assert [said(outcome) for outcome in outcomes] == [(b"%d" % n, b"") for n in range(16)]


async def test_all_go_with_their_server(tier: Tier, sleeps: Sleeps) -> None:
    async with pipes(tier) as here:
        plan = here.confined(*[script(f"exec {sleeps.command}")] * 3)
        call = asyncio.ensure_future(run(plan, here.scene.pool, spool=here.workspace.parent))
        await eventually(lambda: len(sleeps.alive()) == 3)
    with pytest.raises(Draining):
        await call
    assert sleeps.alive() == []
