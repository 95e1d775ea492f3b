"""Whoever asks after a server's health too often, or too slowly, keeps nobody else from it."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from fastmcp import Client

from tests.running import eventually
from tests.served.serving import Connected, Server, call, free_port, measured, serving
from tests.served.site import WAYS, Site
from tests.served.watching import descriptors, own_bytes

PROBERS, PROBES = 25, 30
MORE_THAN_IT_TAKES = 1100
HANGS_UP_SECONDS = 10
Address = tuple[str, int]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def watched(site: Site) -> AsyncIterator[tuple[Server, Address, Address]]:
    """A server, the address of its ops listener and that of its main port."""
    ops = ("127.0.0.1", free_port())
    async with serving(site, WAYS[2], "--ops", f"{ops[0]}:{ops[1]}") as server:
        assert server.url is not None
        yield server, ops, ("127.0.0.1", int(server.url.split(":")[2].partition("/")[0]))


async def probed(address: Address, path: str, times: int = 1) -> list[int]:
    """The statuses that a probe is told, on one connection."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        return [await asked(reader, writer, path) for _ in range(times)]
    finally:
        writer.close()


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """One request, and the status of its answer."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r")[0]))
    return int(head.split()[1])


async def seconds_of_calls(client: Connected, times: int = 15) -> float:
    """How long a call takes, as the median of some; all succeed."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        assert not (await call(client, "end")).is_error
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def test_calls_go_on_in_a_storm_of_probes(site: Site) -> None:
    async with watched(site) as (server, ops, main), server.client() as client:
        calm = await seconds_of_calls(client)
        memory, held = own_bytes(server.pid), descriptors(server.pid)
        everywhere = [(where, path) for where in (ops, main) for path in ("/livez", "/readyz")]
        storm = [
            asyncio.ensure_future(probed(*at, times=PROBES))
            for at in everywhere
            for _ in range(PROBERS)
        ]
        stormy = await seconds_of_calls(client)
        told = Counter(status for one in await asyncio.gather(*storm) for status in one)
        grown = own_bytes(server.pid) - memory
        measured(
            server,
            f"{told.total():,} probes; a call takes {stormy / calm:.1f} times as long meanwhile; "
            f"{grown / 1024**2:.1f} MiB more memory",
        )
        assert told == {200: PROBERS * PROBES * len(everywhere)}
        assert grown < 16 * 1024**2
        await eventually(lambda: not descriptors(server.pid) - held)


async def test_idle_connections_to_the_ops_listener_keep_nobody_from_anything(site: Site) -> None:
    async with watched(site) as (server, ops, main), server.client() as client:
        await call(client, "end")
        held = descriptors(server.pid)
        async with connected(ops, MORE_THAN_IT_TAKES):
            assert not (await call(client, "end")).is_error
            assert await probed(main, "/readyz") == [200]
            assert await probed(ops, "/livez") == [200]
            more = descriptors(server.pid) - held
            assert sum(more.values()) <= 1024 + 8
        await eventually(lambda: not descriptors(server.pid) - held)
        assert await probed(ops, "/readyz") == [200]


@pytest.mark.nightly
async def test_they_do_not_take_the_descriptors_that_calls_need(site: Site) -> None:
    ops, main = (("127.0.0.1", free_port()) for _ in range(2))
    command = site.command("--http", f"{main[0]}:{main[1]}", "--ops", f"{ops[0]}:{ops[1]}")
    with site.log.open("ab") as log:
        server = subprocess.Popen(
            ["prlimit", "--nofile=512", *command], env=site.environment, stdout=log, stderr=log
        )
    try:
        await eventually(lambda: any(one["event"] == "serving" for one in site.records()), 20)
        async with connected(ops, MORE_THAN_IT_TAKES):
            async with Client(f"http://{main[0]}:{main[1]}/mcp") as client:
                results = [call(client, "linger", seconds=1) for _ in range(8)]
                assert not any(one.is_error for one in await asyncio.gather(*results))
            assert await probed(ops, "/livez") == [200]
            assert descriptors(server.pid)["socket"] <= 512 // 8 + 64
    finally:
        server.terminate()
        assert server.wait(30) == 0


@asynccontextmanager
async def connected(address: Address, times: int) -> AsyncIterator[list[Stream]]:
    """As many connections, each with a word of a request that never goes on."""
    async with AsyncExitStack() as stack:
        streams = []
        for _ in range(times):
            reader, writer = await asyncio.open_connection(*address)
            stack.callback(writer.close)
            writer.write(b"GET /live")
            streams.append((reader, writer))
        yield streams


@pytest.mark.nightly
async def test_who_does_not_end_a_request_is_hung_up_on(site: Site) -> None:
    async with watched(site) as (_, ops, _), connected(ops, 2) as ((reader, writer), (silent, _)):
        began = time.monotonic()
        ended = asyncio.ensure_future(reader.read())
        while not ended.done():
            writer.write(b"z")
            await asyncio.wait([ended], timeout=0.5)
        assert HANGS_UP_SECONDS - 1 < time.monotonic() - began < 2 * HANGS_UP_SECONDS
        for one in (ended, silent.read()):
            with suppress(ConnectionError):
                assert await one == b""
