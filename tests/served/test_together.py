"""Many calls at once: they run side by side, within the limits that are declared."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.running import eventually
from tests.served.answers import facts
from tests.served.serving import call, calling, measured, serving
from tests.served.site import SERVER_FILE, WAYS, Site, Way
from tests.served.watching import commands_below, descriptors, new_marker, processes_of

HANG_SECONDS = 4.0
# Limits are the same for all; each transport and each protocol once.
two_ways = pytest.mark.parametrize("way", [WAYS[0], WAYS[3]], ids=str)


async def test_sixteen_calls_run_side_by_side(site: Site, way: Way) -> None:
    async with serving(site, way) as server, server.client() as client:
        together = [asyncio.ensure_future(call(client, "linger", seconds=3)) for _ in range(16)]
        # A shell and a sleep each.
        await eventually(lambda: len(commands_below(server.pid)) == 2 * 16)
        await asyncio.gather(*together)
        before = descriptors(server.pid)
        began = time.monotonic()

        results = await asyncio.gather(*(call(client, "linger", seconds=1) for _ in range(16)))

        took = time.monotonic() - began
        measured(server, f"16 calls of 1 s in {took:.2f} s")
        assert took < HANG_SECONDS
        assert [facts(result)["stdout"] for result in results] == ["slept\n"] * 16
        assert commands_below(server.pid) == []
        await eventually(lambda: not descriptors(server.pid) - before)


@two_ways
async def test_a_tools_own_limit_makes_its_calls_wait_and_no_others(site: Site, way: Way) -> None:
    async with serving(site, way) as server, server.client() as client:
        pairs = [
            asyncio.ensure_future(call(client, "linger_in_pairs", seconds=1)) for _ in range(4)
        ]
        await eventually(lambda: len(commands_below(server.pid)) == 4)
        assert facts(await call(client, "linger", seconds=0))["ok"]
        assert not any(pair.done() for pair in pairs)
        # A shell and a sleep each: two calls, while two wait.
        assert len(commands_below(server.pid)) == 4
        assert [facts(pair)["ok"] for pair in await asyncio.gather(*pairs)] == [True] * 4


@two_ways
async def test_the_servers_limit_makes_calls_wait_and_a_cancelled_one_gives_up_its_place(
    site: Site, way: Way
) -> None:
    file = SERVER_FILE.read_text()
    site.file.write_text(file.replace('spool = "208MiB"', "concurrency = 1"))
    first, second = new_marker(), new_marker()
    async with serving(site, way) as server, server.client() as client:
        async with calling(client, "tree", marker=first):
            await eventually(lambda: bool(processes_of(first)))
            async with calling(client, "tree", marker=second) as waiting:
                last = asyncio.ensure_future(call(client, "end"))
                # The one that waits is not the one that runs.
                await asyncio.wait([last], timeout=0.3)
                assert not last.done()
                assert processes_of(second) == []
                waiting.cancel()
        assert facts(await last)["ok"]
        assert processes_of(second) == []
