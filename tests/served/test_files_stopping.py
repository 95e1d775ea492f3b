"""Work on files that is stopped leaves nothing behind, as commands do not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from handrail.spec.server import Tier
from tests.large.files import write_sparse
from tests.running import eventually, hand_over
from tests.served.answers import structure, text
from tests.served.raw import lines, opening, stdio_process, tool_call
from tests.served.serving import Connected, call, calling, serving
from tests.served.site import WAYS, Site, Way
from tests.served.watching import commands_below, zygotes_of

FILE = """
config_version = 1
[workspace]
root = "workspace"
[[tool]]
name = "stat_file"
description = "Tell what is at a path."
files = "stat"
timeout = "{timeout}"
"""
TIERS = [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS]
HASHED = {"path": "huge", "hash": True}
"""Takes seconds: what it reads has 40 GB."""


def build(folder: Path, tier: Tier, timeout: str) -> Site:
    site = Site.build(folder, FILE.format(timeout=timeout))
    site.pin(tier)
    write_sparse(site.workspace / "huge", 40_000_000_000)
    hand_over(site.workspace / "huge")
    return site


async def _works(server_pid: int) -> None:
    await eventually(lambda: bool(commands_below(server_pid)))


async def _still_serves(client: Connected) -> None:
    assert structure(await call(client, "stat_file", path="huge"))["kind"] == "file"


@pytest.mark.parametrize(
    ("way", "tier"), [*((way, TIERS[1]) for way in WAYS), *((WAYS[0], tier) for tier in TIERS[::2])]
)
async def test_a_cancelled_call_stops_at_once(tmp_path: Path, way: Way, tier: Tier) -> None:
    site = build(tmp_path, tier, "60s")
    async with serving(site, way) as server, server.client() as client:
        await _still_serves(client)
        async with calling(client, "stat_file", **HASHED) as answer:
            await _works(server.pid)
            answer.cancel()
            await eventually(lambda: not commands_below(server.pid))
        await _still_serves(client)


@pytest.mark.parametrize("tier", TIERS[1:2])
async def test_work_that_takes_too_long_says_so(tmp_path: Path, tier: Tier) -> None:
    site = build(tmp_path, tier, "2s")
    async with serving(site, WAYS[0]) as server, server.client() as client:
        answer = await call(client, "stat_file", **HASHED)
        assert answer.is_error
        assert "there is no time" in text(answer)
        assert not commands_below(server.pid)


@pytest.mark.parametrize("tier", TIERS)
async def test_a_killed_server_leaves_no_work(tmp_path: Path, tier: Tier) -> None:
    site = build(tmp_path, tier, "60s")
    with stdio_process(site) as process:
        assert process.stdin is not None
        process.stdin.write(
            lines([*opening("auto"), tool_call(1, "stat_file", path="huge", hash=True)])
        )
        process.stdin.flush()
        await eventually(lambda: bool(zygotes_of(process.pid)))
        await _works(process.pid)
        left = [*zygotes_of(process.pid), *commands_below(process.pid)]
        process.kill()
        _, alive = await asyncio.to_thread(psutil.wait_procs, left, 10)
        assert alive == []


@pytest.mark.parametrize("tier", TIERS)
async def test_the_loop_serves_others_meanwhile(tmp_path: Path, tier: Tier) -> None:
    site = build(tmp_path, tier, "60s")
    async with (
        serving(site, WAYS[0]) as server,
        server.client() as client,
        calling(client, "stat_file", **HASHED) as answer,
    ):
        await _works(server.pid)
        await _still_serves(client)
        assert not answer.done()
        answer.cancel()
        await eventually(lambda: not commands_below(server.pid))
