"""A thousand calls, of which some are cancelled, some time out, and some lose their zygote."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from handrail.errors import Internal
from handrail.plan.access import access_to_run
from handrail.plan.runtime import runtime_of, system
from handrail.process.cgroup import Cgroups
from handrail.process.outcome import Cancelled, Exited, TimedOut
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.spec.server import Tier
from tests.attacks.arena import Arena, arena
from tests.builders import plan
from tests.running import Sleeps, eventually, said

AT_ONCE = 8
KINDS = {"done": 780, "cancelled": 100, "timed_out": 100, "killed": 20}


def _sh(ring: Arena, script: str, **changes: Any) -> ConfinedPlan:
    shell = Path("/bin/sh")
    bare = access_to_run(shell, runtime_of(shell), system())
    access = replace(bare, readable=(ring.workspace, *bare.readable), writable=(ring.workspace,))
    fields = {"workspace": ring.workspace, "cwd": ring.workspace, "access": access, **changes}
    return confine(plan(str(shell), "-c", script, **fields), ring.means)


class Endurance:
    """All calls of one run, and how each ended."""

    def __init__(self, ring: Arena, pool: Pool, sleeps: Sleeps) -> None:
        self.ring = ring
        self.pool = pool
        self.sleeps = sleeps
        self.places = asyncio.Semaphore(AT_ONCE)
        self.ends: Counter[str] = Counter()

    async def one(self, kind: str, number: int) -> None:
        async with self.places:
            end = await getattr(self, f"_{kind}")(number)
            assert end == kind, (kind, number, end)
            self.ends[end] += 1

    async def _run(self, confined: ConfinedPlan) -> tuple[object, bytes]:
        outcome = await run(confined, self.pool, spool=self.ring.workspace.parent)
        return outcome.ending, said(outcome)[0]

    async def _done(self, number: int) -> str:
        end = await self._run(_sh(self.ring, f"echo {number}"))
        return "done" if end == (Exited(0), b"%d\n" % number) else repr(end)

    async def _timed_out(self, number: int) -> str:
        script = f"echo {number}; setsid {self.sleeps.command} & {self.sleeps.command}"
        ending, stdout = await self._run(_sh(self.ring, script, wall_seconds=0.2))
        honest = isinstance(ending, TimedOut) and stdout == b"%d\n" % number
        return "timed_out" if honest else repr((ending, stdout))

    async def _cancelled(self, number: int) -> str:
        mark = self.ring.workspace / f"started-{number}"
        call = asyncio.ensure_future(
            self._run(_sh(self.ring, f"setsid {self.sleeps.command} & touch {mark}; wait"))
        )
        await eventually(mark.exists, 30)
        call.cancel()
        ending, _ = await call
        return "cancelled" if ending == Cancelled() else repr(ending)

    async def _killed(self, number: int) -> str:
        """SIGKILL for the zygote itself, found above a command of this call."""
        mark = self.ring.workspace / f"pid-{number}"
        script = f"setsid {self.sleeps.command} & touch {mark}; wait"
        call = asyncio.ensure_future(self._run(_sh(self.ring, script)))
        await eventually(mark.exists, 30)
        _zygote_of(mark).kill()
        try:
            return repr(await call)
        except Internal:
            return "killed"


def _zygote_of(mark: Path) -> psutil.Process:
    """The process above the command that has the mark in its script."""
    named = {process.pid: process for process in psutil.process_iter() if _has(process, mark)}
    above = [process.parent() for process in named.values()]
    return next(parent for parent in above if parent is not None and parent.pid not in named)


def _has(process: psutil.Process, mark: Path) -> bool:
    try:
        return str(mark) in " ".join(process.cmdline())
    except psutil.Error:
        return False


@pytest.fixture
def sleeps() -> Iterator[Sleeps]:
    made = Sleeps()
    yield made
    made.clean_up()


# Twenty seconds of work on a quiet machine; the usual bound is for a hang, and this is none.
@pytest.mark.timeout(300)
@pytest.mark.nightly
@pytest.mark.alone
@pytest.mark.parametrize("tier", [Tier.LANDLOCK, Tier.NAMESPACES, Tier.RLIMITS])
async def test_every_answer_is_honest_and_nothing_is_left(
    tmp_path: Path, sleeps: Sleeps, tier: Tier
) -> None:
    found = Cgroups.find()
    cgroups = found if isinstance(found, Cgroups) else None
    before = _descriptors()
    async with (
        arena(tier, tmp_path / "workspace", writing=True) as ring,
        Pool(most_idle=AT_ONCE, cgroups=cgroups) as pool,
    ):
        endurance = Endurance(ring, pool, sleeps)
        kinds = [kind for kind, count in KINDS.items() for _ in range(count)]
        spread = sorted(range(len(kinds)), key=lambda number: number * 619 % len(kinds))
        await asyncio.gather(*(endurance.one(kinds[number], number) for number in spread))
        assert endurance.ends == KINDS
    await eventually(lambda: not sleeps.alive())
    assert _descriptors() == before
    assert not _groups()


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _groups() -> list[Path]:
    mounted = Path("/sys/fs/cgroup").glob(f"**/handrail-{os.getpid()}-*")
    return [path for path in mounted if not path.name.endswith("-server")]
