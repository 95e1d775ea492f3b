"""However a call ends, every process that it started ends with it, within two seconds."""

from __future__ import annotations

import asyncio
import os
import signal

import psutil
import pytest

from tests.running import SOON_SECONDS, eventually
from tests.served.answers import facts
from tests.served.lone_client import lone_client
from tests.served.raw import Mode, lines, opening, stdio_process, tool_call
from tests.served.serving import Connected, Server, call, calling, serving
from tests.served.site import Site, Way
from tests.served.watching import (
    commands_below,
    has_grown,
    new_marker,
    processes_of,
)


async def all_end(marker: str) -> None:
    """Wait until a call's processes are gone."""
    await eventually(lambda: not processes_of(marker))


@pytest.mark.parametrize("tool", ["short_tree", "stubborn"])
async def test_a_timeout_ends_the_whole_tree(client: Connected, tool: str) -> None:
    marker = new_marker()
    result = await call(client, tool, marker=marker)

    assert facts(result)["ending"] == {"kind": "timed_out", "after_seconds": 1.0}
    assert facts(result)["stdout"] == "said\n"
    assert processes_of(marker) == []


async def test_a_daemon_does_not_outlive_the_command_that_started_it(client: Connected) -> None:
    marker = new_marker()
    result = await call(client, "daemon", marker=marker)

    assert facts(result)["ending"] == {"kind": "exited", "code": 0}
    assert facts(result)["stdout"] == "said\n"
    assert processes_of(marker) == []


@pytest.mark.parametrize("tool", ["tree", "stubborn_for_long"])
async def test_a_cancel_ends_the_whole_tree_and_the_server_goes_on(
    server: Server, client: Connected, tool: str
) -> None:
    marker = new_marker()
    async with calling(client, tool, marker=marker) as answer:
        await eventually(lambda: has_grown(marker))
        answer.cancel()
        await all_end(marker)

    assert facts(await call(client, "end"))["ok"]
    assert commands_below(server.pid) == []


async def test_a_client_that_gives_up_waiting_ends_the_whole_tree(client: Connected) -> None:
    marker = new_marker()
    waiting = asyncio.ensure_future(client.call_tool_mcp("tree", {"marker": marker}, timeout=1.0))
    await eventually(lambda: has_grown(marker))
    await asyncio.wait([waiting])

    assert waiting.exception() is not None
    await all_end(marker)


async def test_a_client_that_is_killed_ends_the_whole_tree(site: Site, way: Way) -> None:
    if way.transport == "stdio":
        await _kill_client(site, way, None)
        # Nobody else can reach that server.
        await eventually(lambda: not processes_of(str(site.file)))
        assert site.records()[-1]["event"] == "stopped"
        return
    async with serving(site, way) as server:
        await _kill_client(site, way, server)
        async with server.client() as another:
            assert facts(await call(another, "end"))["ok"]
        assert commands_below(server.pid) == []


async def _kill_client(site: Site, way: Way, server: Server | None) -> None:
    marker = new_marker()
    with lone_client(site, way, server, "tree", marker=marker) as process:
        await eventually(lambda: has_grown(marker), seconds=20)
        process.kill()
        await all_end(marker)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_server_that_is_killed_takes_the_whole_tree_along(
    site: Site, way: Way, number: signal.Signals
) -> None:
    marker = new_marker()
    async with (
        serving(site, way) as server,
        server.client() as client,
        calling(client, "tree", marker=marker),
    ):
        await eventually(lambda: has_grown(marker))
        zygotes = psutil.Process(server.pid).children()
        os.kill(server.pid, number)
        await all_end(marker)
        await eventually(lambda: not any(zygote.is_running() for zygote in zygotes))

    assert list(site.temporary.iterdir()) == []


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_end_of_its_input_ends_the_whole_tree_and_the_server(
    site: Site, mode: Mode
) -> None:
    marker = new_marker()
    with stdio_process(site) as process:
        assert process.stdin is not None
        process.stdin.write(lines([*opening(mode), tool_call(1, "tree", mode, marker=marker)]))
        process.stdin.flush()
        await eventually(lambda: has_grown(marker), seconds=20)
        process.stdin.close()
        await all_end(marker)
        assert await asyncio.to_thread(process.wait, SOON_SECONDS) == 0
