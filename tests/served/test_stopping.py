"""How servers stop, and what they do when something goes wrong that nobody foresaw."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal

import httpx2
import mcp_types
import psutil
import pytest

from tests.running import eventually
from tests.served.answers import facts, refusal, structure, text
from tests.served.raw import (
    Mode,
    converse,
    lines,
    opening,
    request,
    stdio_process,
    tool_call,
)
from tests.served.serving import Connected, Server, call, calling, http_process, serving
from tests.served.site import WAYS, Site, Way
from tests.served.watching import commands_below, has_grown, new_marker, processes_of, zygotes_of

DRAIN_SECONDS = 20
# Each transport and each protocol once, where only what is behind them matters.
two_ways = pytest.mark.parametrize("way", [WAYS[0], WAYS[3]], ids=str)
# Where no new connection can be made.
on_stdio = pytest.mark.parametrize("way", WAYS[:2], ids=str)


async def test_while_it_drains_calls_end_whole_and_new_ones_are_told_so(
    site: Site, way: Way
) -> None:
    async with (
        serving(site, way, "--drain", str(DRAIN_SECONDS)) as server,
        server.client() as client,
        server.client() as other,
    ):
        # A client looks at the tools after the first answer of its life.
        await call(client, "end")
        async with calling(client, "linger", seconds=2) as answer:
            await eventually(lambda: bool(commands_below(server.pid)))
            os.kill(server.pid, signal.SIGTERM)
            if way.transport == "http":
                assert refusal(await first_refusal(other)) == {
                    "code": "draining",
                    "message": "the server is shutting down",
                    "hint": "Connect again in a moment.",
                }
            result = await answer

    assert facts(result)["stdout"] == "slept\n"
    assert facts(result)["ok"]


async def first_refusal(client: Connected) -> mcp_types.CallToolResult:
    """What is answered when the server has seen the signal. On stdio it would read no more."""
    while True:
        result = await call(client, "end")
        if result.is_error:
            return result


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server_cleanly(site: Site, number: signal.Signals) -> None:
    with http_process(site) as (process, _):
        process.send_signal(number)
        assert process.wait(5) == 0

    assert [line["event"] for line in site.records()] == ["serving", "stopped"]
    assert list(site.left_behind()) == []
    assert list(site.temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server_on_stdio_cleanly(site: Site, number: signal.Signals) -> None:
    with stdio_process(site) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines([tool_call(1, "end")]))
        process.stdin.flush()
        assert b'"ok":true' in process.stdout.readline()
        process.send_signal(number)
        assert process.wait(5) == 0

    assert [line["event"] for line in site.records()] == ["serving", "call", "stopped"]
    assert list(site.temporary.iterdir()) == []


async def test_a_second_signal_ends_a_server_at_once_and_as_cleanly(site: Site) -> None:
    marker = new_marker()
    async with (
        serving(site, WAYS[3], "--drain", str(DRAIN_SECONDS)) as server,
        server.client() as client,
        calling(client, "tree", marker=marker),
    ):
        await eventually(lambda: has_grown(marker))
        process = psutil.Process(server.pid)
        process.terminate()
        await eventually(lambda: not is_ready(server))
        process.terminate()  # with the first, as timeout(1) does
        await asyncio.sleep(1)
        assert has_grown(marker)
        process.terminate()
        await eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)

    assert processes_of(marker) == []
    assert site.records()[-1]["event"] == "stopped"
    assert [line["event"] for line in site.records() if line["level"] == "error"] == []


def is_ready(server: Server) -> bool:
    """Whether the server takes calls."""
    assert server.url is not None
    try:
        return httpx2.get(server.url.replace("/mcp", "/readyz")).is_success
    except httpx2.TransportError:
        return False


async def test_a_call_whose_zygote_dies_is_an_internal_error_and_the_server_goes_on(
    site: Site, way: Way
) -> None:
    marker = new_marker()
    async with serving(site, way) as server, server.client() as client:
        async with calling(client, "tree", marker=marker) as answer:
            await eventually(lambda: has_grown(marker))
            zygotes = zygotes_of(server.pid)
            (zygote,) = [one for one in processes_of(marker)[0].parents() if one in zygotes]
            zygote.kill()
            result = await answer
        await eventually(lambda: not processes_of(marker), seconds=2)
        assert facts(await call(client, "end"))["ok"]

    error = refusal(result)
    assert error["code"] == "internal"
    assert str(site.folder) not in json.dumps(error)
    assert "Traceback" not in text(result)


@two_ways
async def test_a_workspace_that_goes_away_is_said_without_saying_where_it_was(
    site: Site, way: Way
) -> None:
    async with serving(site, way) as server, server.client() as client:
        shutil.rmtree(site.workspace)
        results = [await call(client, "end"), await call(client, "strict", file="x")]

    for result in results:
        assert refusal(result)["code"] == "spawn_failed"
        assert str(site.folder) not in result.model_dump_json()
        assert "Traceback" not in result.model_dump_json()


@two_ways
async def test_a_state_folder_that_takes_no_files_costs_only_the_long_output(
    site: Site, way: Way
) -> None:
    async with serving(site, way) as server, server.client() as client:
        # The folder of the server's own socket is there already.
        site.state.rename(site.folder / "aside")
        site.state.write_text("in the way")
        short = await call(client, "end")
        long = await call(client, "flood", last=100_999_999)

    assert facts(short)["ok"]
    assert facts(long)["ending"]["kind"] == "output_exceeded"
    assert structure(long)["stdout"].startswith("100000000\n")
    assert str(site.folder) not in long.model_dump_json()


@on_stdio
async def test_a_server_that_has_no_descriptor_left_is_busy_and_recovers(
    site: Site, way: Way
) -> None:
    async with serving(site, way) as server, server.client() as client:
        await call(client, "end")
        process = psutil.Process(server.pid)
        before = process.rlimit(psutil.RLIMIT_NOFILE)
        process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 1, before[1]))
        result = await call(client, "end")
        process.rlimit(psutil.RLIMIT_NOFILE, before)
        assert facts(await call(client, "end"))["ok"]

    assert refusal(result)["code"] == "busy"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_log_is_lines_of_json_and_nothing_else(site: Site, mode: Mode) -> None:
    calls = [
        tool_call(1, "end", mode),
        tool_call(2, "nothing", mode),
        tool_call(3, "strict", mode, count="x"),
        tool_call(4, "say", mode, hex="1b5b33316d0a"),
        request(5, "resources/read", mode, uri="handrail://calls/0/stdout"),
        request(6, "no/such/method", mode),
    ]
    said, code = converse(site, [*opening(mode), *calls])

    assert code == 0
    assert sorted(message["id"] for message in said) == list(range(7))
    records = site.records()
    assert [records[0]["event"], records[-1]["event"]] == ["serving", "stopped"]
    assert all({"event", "level", "timestamp"} <= set(record) for record in records)
    assert "\x1b" not in site.log.read_text()
