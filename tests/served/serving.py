"""Servers as processes of their own, and real clients of them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import mcp_types
import psutil
from fastmcp import Client
from fastmcp.client.transports import ClientTransport, StdioTransport, StreamableHttpTransport

from tests.served.site import Site, Way

Connected = Client[ClientTransport]
"""A client while it is connected."""

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
# Below the ports that the kernel chooses: no connection takes one before its server listens.
# Processes that run tests side by side begin far from each other.
_FIRST_PORT = 10_000 + os.getpid() * 997 % 10_000
_PORTS = iter(range(_FIRST_PORT, 32_768))


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is running. `url` is there when it serves HTTP."""

    site: Site
    way: Way
    pid: int
    transport: ClientTransport
    url: str | None = None

    @property
    def tier(self) -> str:
        """The tier that it says it runs at."""
        (serving,) = [line for line in self.site.records() if line["event"] == "serving"]
        tier: str = serving["tier"]
        return tier

    def client(self, **options: Any) -> AbstractAsyncContextManager[Connected]:
        """A client that speaks this way's protocol."""
        return Client(self.transport, mode=self.way.mode, **options)


@asynccontextmanager
async def serving(site: Site, way: Way, *arguments: str) -> AsyncIterator[Server]:
    """Serve a site, ready for clients; the server is gone afterwards."""
    if way.transport == "stdio":
        async with _stdio(site, way, arguments) as server:
            yield server
    else:
        with http_process(site, *arguments) as (process, url):
            transport = StreamableHttpTransport(url)
            yield Server(site, way, process.pid, transport, url)


@asynccontextmanager
async def _stdio(site: Site, way: Way, arguments: tuple[str, ...]) -> AsyncIterator[Server]:
    command, *rest = site.command(*arguments)
    transport = StdioTransport(command, rest, env=site.environment, log_file=site.log)
    try:
        # The transport stays connected after this client, as the server's stdin must.
        async with Client(transport, mode=way.mode):
            pass
        yield Server(site, way, _child_serving(site), transport)
    finally:
        await transport.close()  # type: ignore[no-untyped-call]  # as FastMCP left it


def _child_serving(site: Site) -> int:
    """The process id of the server that this process has started."""
    children = psutil.Process().children()
    return next(child.pid for child in children if str(site.file) in child.cmdline())


@contextmanager
def http_process(site: Site, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server process that serves, and its URL."""
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}/mcp"
    with site.log.open("ab") as log:
        process = subprocess.Popen(
            site.command("--http", address, *arguments),
            env=site.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_serving(process, url)
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(_STOP_SECONDS)


def free_port() -> int:
    """A port of this machine that nobody listens on, and that this process was not given yet."""
    for port in _PORTS:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("not one port is free")


def _wait_until_serving(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            httpx2.get(url.removesuffix("/mcp"), timeout=_START_SECONDS)
        except httpx2.TransportError:
            assert process.poll() is None, "the server ended before it served"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)
        else:
            return


async def call(client: Connected, tool: str, **arguments: object) -> mcp_types.CallToolResult:
    """Call a tool, and get the whole result as it came."""
    return await client.call_tool_mcp(tool, arguments)


@asynccontextmanager
async def calling(
    client: Connected, tool: str, **arguments: object
) -> AsyncIterator[asyncio.Task[mcp_types.CallToolResult]]:
    """A call in a task of its own."""
    task = asyncio.ensure_future(call(client, tool, **arguments))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def measured(server: Server, figures: str) -> None:
    """Say what was measured, to whoever runs the tests with `-s`."""
    sys.stdout.write(f"\n{server.way}: {figures}\n")
