"""Too much of anything ends the call, not the server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from handrail.process.onlooker import Onlooker
from handrail.process.outcome import OutputExceeded, TimedOut
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import sh
from tests.running import run_one, said

ROOT = Path(__file__).parents[2]
MIB = 1 << 20
HANG_SECONDS = 20.0


async def test_endless_output_on_both_streams(tmp_path: Path) -> None:
    before = psutil.Process().memory_info().rss
    plan = sh("yes & yes >&2", spool_bytes=50 * MIB, wall_seconds=60)
    outcome = await run_one(plan, tmp_path)
    assert outcome.ending == OutputExceeded(50 * MIB)
    assert outcome.stdout.size + outcome.stderr.size == 50 * MIB
    assert psutil.Process().memory_info().rss - before < 32 * MIB
    said(outcome)


async def test_output_that_goes_on_while_it_is_stopped(tmp_path: Path) -> None:
    plan = sh("trap '' TERM; (trap '' TERM; yes) & yes", spool_bytes=MIB)
    began = time.monotonic()
    outcome = await run_one(plan, tmp_path)
    said(outcome)
    assert outcome.ending == OutputExceeded(MIB)
    assert time.monotonic() - began < HANG_SECONDS


async def test_one_endless_line_with_a_listener(tmp_path: Path) -> None:
    lines: list[str] = []
    plan = sh("head -c 100000000 /dev/zero | tr '\\0' x", spool_bytes=200 * MIB)
    async with Pool(most_idle=1) as pool:
        outcome = await run(plan, pool, spool=tmp_path, onlooker=Onlooker(lines.append))
    assert (lines, outcome.stdout.size) == ([], 100_000_000)
    said(outcome)


async def test_a_drip_that_never_ends(tmp_path: Path) -> None:
    plan = sh("while :; do echo drip; sleep 0.01; done", wall_seconds=0.5)
    outcome = await run_one(plan, tmp_path)
    assert outcome.ending == TimedOut(0.5)
    assert said(outcome)[0].startswith(b"drip\ndrip\n")


SCARCE = """
import asyncio, os, resource, sys
from pathlib import Path
from handrail.errors import Busy
from handrail.process.cgroup import Cgroups
from handrail.process.pool import Pool
from handrail.process.run import run
from tests.builders import sh
from tests.running import said

async def main():
    spool = Path(sys.argv[1])
    found = Cgroups.find()
    cgroups = found if isinstance(found, Cgroups) else None
    async with Pool(most_idle=1, cgroups=cgroups) as pool:
        said(await run(sh("echo before"), pool, spool=spool))
        before = len(os.listdir("/proc/self/fd"))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        busy = 0
        for spare in range(8):
            resource.setrlimit(resource.RLIMIT_NOFILE, (before - 1 + spare, hard))
            try:
                said(await run(sh("echo during"), pool, spool=spool))
            except Busy:
                busy += 1
        # Another zygote cannot be had either.
        resource.setrlimit(resource.RLIMIT_NOFILE, (before + 8, hard))
        calls = [run(sh("sleep 0.2"), pool, spool=spool) for _ in range(3)]
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert any(isinstance(end, Busy) for end in ends), ends
        assert all(not isinstance(end, Exception) or isinstance(end, Busy) for end in ends), ends
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert len(os.listdir("/proc/self/fd")) == before, "descriptors leaked"
        assert busy > 0, "it was never out of descriptors"
        print(said(await run(sh("echo after"), pool, spool=spool)))

asyncio.run(main())
"""


def test_a_server_out_of_descriptors_is_busy_and_lives_on(tmp_path: Path) -> None:
    server = subprocess.run(
        [sys.executable, "-c", SCARCE, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": ":".join([*sys.path, str(ROOT)])},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (server.stdout, server.stderr) == ("(b'after\\n', b'')\n", "")
