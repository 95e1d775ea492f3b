"""The two servers as processes, and a client of each."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

HERE = Path(__file__).parent
FILE = HERE / "handrail.toml"
HANDRAIL = (sys.executable, "-m", "handrail", "serve", str(FILE))
NAIVE = (sys.executable, "-m", "benchmarks.naive")
# Neither server writes the framework's log, nor asks the network for its updates.
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    # The tree that these benchmarks stand in, wherever handrail is installed.
    "PYTHONPATH": f"{HERE.parent / 'src'}:{HERE.parent}",
    "FASTMCP_LOG_ENABLED": "false",
    "FASTMCP_CHECK_FOR_UPDATES": "off",
}
_START_SECONDS = 20.0


class Transport(StrEnum):
    """How a client reaches a server."""

    STDIO = "stdio"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Connection:
    """A client of a server process."""

    client: Client[Any]
    pid: int

    async def call(self, tool: str, **arguments: object) -> Any:
        """Call a tool, which must succeed."""
        result = await self.client.call_tool(tool, arguments, raise_on_error=False)
        assert not result.is_error, result
        return result


@asynccontextmanager
async def connected(command: tuple[str, ...], over: Transport) -> AsyncIterator[Connection]:
    """Start a server and connect to it; at the end it is gone."""
    serving = stdio_server(command) if over is Transport.STDIO else http_server(command)
    async with serving as connection:
        yield connection


@asynccontextmanager
async def stdio_server(
    command: tuple[str, ...], environment: Mapping[str, str] = ENVIRONMENT
) -> AsyncIterator[Connection]:
    """A server on the standard streams."""
    transport = StdioTransport(
        command[0],
        list(command[1:]),
        env=dict(environment),
        keep_alive=False,
        log_file=Path(os.devnull),
    )
    async with Client(transport) as client:
        yield Connection(client, _child(command))


@asynccontextmanager
async def http_server(command: tuple[str, ...]) -> AsyncIterator[Connection]:
    """A server on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = await create_subprocess_exec(
        *command, "--http", address, env=ENVIRONMENT, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await _until_listening(address)
        async with Client(f"http://{address}/mcp") as client:
            yield Connection(client, process.pid)
    finally:
        process.terminate()
        await process.wait()


def _child(command: tuple[str, ...]) -> int:
    children = psutil.Process().children()
    return next(each.pid for each in children if each.cmdline()[1:] == list(command[1:]))


async def _until_listening(address: str) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port))).close()
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nobody listens at {address}")


@asynccontextmanager
async def serving_with(tables: str, *options: str) -> AsyncIterator[Connection]:
    """A server over stdio, in a folder of its own, whose file has these tables besides."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-benchmark-"))
    folder.chmod(0o777)  # for whoever commands run as
    try:
        file = folder / FILE.name
        file.write_text(f"{FILE.read_text()}{tables}")
        command = (sys.executable, "-m", "handrail", "serve", str(file), *options)
        async with connected(command, Transport.STDIO) as server:
            yield server
    finally:
        shutil.rmtree(folder)
