"""A server whose log nobody reads, or that has no room for it, serves and ends all the same."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx2
import pytest
from fastmcp import Client

from tests.running import eventually
from tests.served.serving import call, free_port
from tests.served.site import Site

_END_SECONDS = 15


@contextlib.contextmanager
def full_pipe() -> Iterator[IO[bytes]]:
    """A pipe that nobody reads, full already."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writing, b"x" * 4096)
    with os.fdopen(reading, "rb"), os.fdopen(writing, "wb") as end:
        yield end


@contextlib.contextmanager
def full_disk() -> Iterator[IO[bytes]]:
    """A file that there is no room for (full(4))."""
    with Path("/dev/full").open("wb") as file:
        yield file


@pytest.mark.parametrize("log", [full_pipe, full_disk])
async def test_calls_go_on_and_the_server_ends_in_time(
    site: Site, log: type[contextlib.AbstractContextManager[IO[bytes]]]
) -> None:
    address = f"127.0.0.1:{free_port()}"
    with log() as stderr:
        server = subprocess.Popen(
            site.command("--http", address), env=site.environment, stdout=stderr, stderr=stderr
        )
        try:
            await eventually(lambda: answers(address), 20)
            async with Client(f"http://{address}/mcp") as client:
                for _ in range(30):
                    assert not (await call(client, "end")).is_error
        finally:
            server.terminate()
            assert server.wait(_END_SECONDS) == 0


def answers(address: str) -> bool:
    """Whether the server is there."""
    try:
        return httpx2.get(f"http://{address}/livez").status_code == 200
    except httpx2.TransportError:
        return False
