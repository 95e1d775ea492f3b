"""A command that takes all it can get is stopped, and its machine and its server live on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from handrail.process.onlooker import Onlooker
from handrail.process.outcome import CpuExceeded, Exited, MemoryExceeded, Outcome, Signalled
from handrail.process.run import run
from handrail.spec.server import Tier
from tests.attacks.arena import TIERS, Arena
from tests.attacks.attack import field
from tests.attacks.victims import PYTHON
from tests.running import Sleeps, said

MIB = 1 << 20
# Pages that processes share count for each of them.
PLENTY_BYTES = 16 << 30
HANG_SECONDS = 20.0
pytestmark = pytest.mark.parametrize("tier", TIERS)


class Ring:
    """An arena for scripts that exhaust something."""

    def __init__(self, scene: Arena) -> None:
        self.scene = scene

    def argv(self, what: str, *words: str) -> list[str]:
        """The command that exhausts this."""
        script = self.scene.workspace / "attempts" / "exhaust.py"
        return [PYTHON, "-I", "-S", "-B", str(script), what, *words]

    async def exhaust(self, what: str, **limits: Any) -> tuple[Outcome, bytes]:
        """What becomes of it, and what it said; the next command must run as if nothing was."""
        outcome = await self.scene.run(self.argv(what), **limits)
        stdout, _ = said(outcome)
        after = await self.scene.run(["/bin/echo", "here"])
        assert (after.ending, said(after)) == (Exited(0), (b"here\n", b""))
        return outcome, stdout

    def size(self, name: str) -> int:
        """The size of a file in the workspace, in bytes."""
        return (self.scene.workspace / name).stat().st_size


@asynccontextmanager
async def ring(tier: Tier) -> AsyncIterator[Ring]:
    async with field(tier) as (scene, _):
        yield Ring(scene)


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    sleeps = Sleeps()
    yield sleeps
    sleeps.clean_up()


@pytest.mark.parametrize("what", ["memory", "memory_of_many"])
async def test_two_gigabytes(tier: Tier, what: str) -> None:
    async with ring(tier) as here:
        outcome, stdout = await here.exhaust(what, memory_bytes=256 * MIB)
    assert (outcome.ending, stdout) == (MemoryExceeded(), b"")


async def test_three_hundred_processes(tier: Tier) -> None:
    async with ring(tier) as here:
        outcome, _ = await here.exhaust("processes", pids=50, memory_bytes=PLENTY_BYTES)
    assert outcome.note == "it had more than 50 processes at once and was stopped"
    assert outcome.ending == Signalled("SIGKILL")


async def test_a_storm_of_three_hundred_daemons(tier: Tier, sleeps: Sleeps) -> None:
    told: list[tuple[float, int]] = []
    async with ring(tier) as here:
        scene = here.scene
        storm = scene.confined(
            here.argv("storm", sleeps.seconds), pids=1000, memory_bytes=PLENTY_BYTES
        )
        outcome = await run(
            storm,
            scene.pool,
            spool=scene.workspace.parent,
            onlooker=Onlooker(lambda _: told.append((time.monotonic(), len(sleeps.alive())))),
        )
        began, alive = told[0]
        seconds = time.monotonic() - began
        # All but those that were on their way.
        assert alive > 200
        assert sleeps.alive() == []
        assert (outcome.ending, said(outcome)[0]) == (Exited(0), b"300\n")
    # Nobody waits for them, let alone for as long as they sleep.
    assert seconds < HANG_SECONDS


@pytest.mark.parametrize("what", ["processor", "processor_deafly"])
async def test_an_endless_loop(tier: Tier, what: str) -> None:
    async with ring(tier) as here:
        outcome, _ = await here.exhaust(what, cpu_seconds=1)
    assert outcome.ending == CpuExceeded()


async def test_a_huge_file(tier: Tier) -> None:
    async with ring(tier) as here:
        outcome, _ = await here.exhaust("file", file_bytes=MIB)
        assert outcome.ending == Signalled("SIGXFSZ")
        assert here.size("huge") == 0


async def test_a_file_that_grows_on(tier: Tier) -> None:
    async with ring(tier) as here:
        _, stdout = await here.exhaust("file_by_pieces", file_bytes=3 * MIB)
        assert int(stdout) == here.size("pieces") == 3 * MIB


async def test_many_files(tier: Tier) -> None:
    """Nothing bounds how many there are: they are in the workspace, for its owner to judge."""
    async with ring(tier) as here:
        outcome, stdout = await here.exhaust("files")
    assert (outcome.ending, stdout) == (Exited(0), b"2000\n")


async def test_many_temporary_files(tier: Tier) -> None:
    """A view bounds them all together, other tiers each of them; all are gone afterwards."""
    async with ring(tier) as here:
        _, stdout = await here.exhaust("temporary_files", file_bytes=2 * MIB)
        assert int(stdout) == (2 * MIB if tier is Tier.NAMESPACES else 8 * MIB)
        left = await here.scene.run(["/bin/sh", "-c", 'ls -A "$TMPDIR"'])
        assert said(left) == (b"", b"")


async def test_open_files(tier: Tier) -> None:
    async with ring(tier) as here:
        _, stdout = await here.exhaust("descriptors", open_files=64)
    assert 50 < int(stdout) < 64


async def test_no_limit_can_be_raised(tier: Tier) -> None:
    async with ring(tier) as here:
        _, stdout = await here.exhaust("limits", open_files=64, file_bytes=MIB, cpu_seconds=5)
    assert stdout == b""


async def test_nor_by_what_was_forked_before_anything_else(tier: Tier) -> None:
    """The hard limits come to a command from outside, once it runs: some forks are faster."""
    raising = ["/usr/bin/setsid", "--wait", "/bin/sh", "-c", "sleep 0.2; ulimit -H -f"]
    async with ring(tier) as here:
        calls = [here.scene.run(raising, file_bytes=MIB) for _ in range(20)]
        assert {said(outcome) for outcome in await asyncio.gather(*calls)} == {(b"2048\n", b"")}
