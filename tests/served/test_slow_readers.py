"""A server whose log nobody reads, or that has no room for it, serves and ends all the same."""

from __future__ import annotations

import contextlib
import fcntl
import json
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


@pytest.mark.parametrize("log", [full_pipe, pytest.param(full_disk, marks=pytest.mark.nightly)])
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


_SMALL_DISK = """
mount -t tmpfs -o size=64k tmpfs "$1" && head -c 61440 /dev/zero >"$1/filler" || exit
exec 2>"$1/log"; shift; exec "$@"
"""


async def test_what_a_full_disk_cost_is_counted_and_said_when_there_is_room_again(
    site: Site,
) -> None:
    main, ops = (f"127.0.0.1:{free_port()}" for _ in range(2))
    disk = site.folder / "disk"
    disk.mkdir()
    command = site.command("--http", main, "--ops", ops)
    server = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", _SMALL_DISK, "sh", str(disk), *command],
        env=site.environment,
    )
    seen = Path(f"/proc/{server.pid}/root{disk}")
    try:
        await eventually(lambda: answers(main), 20)
        async with Client(f"http://{main}/mcp") as client:
            while not dropped(ops):
                assert not (await call(client, "end")).is_error
            (seen / "filler").unlink()
            for _ in range(3):
                assert not (await call(client, "end")).is_error
        await eventually(lambda: f"in time: {dropped(ops):.0f}" in (seen / "log").read_text())
        lines = (seen / "log").read_text().splitlines()
    finally:
        server.terminate()
        assert server.wait(_END_SECONDS) == 0
    assert all(map(is_record, lines[-4:]))


def dropped(address: str) -> float:
    """How many log lines were lost, as Prometheus is told."""
    text = httpx2.get(f"http://{address}/metrics").text
    (line,) = (one for one in text.splitlines() if one.startswith("handrail_log_dropped_total "))
    return float(line.split()[1])


def is_record(line: str) -> bool:
    """Whether it is whole: where the disk became full, one is not."""
    try:
        return "event" in json.loads(line)
    except ValueError:
        return False


def answers(address: str) -> bool:
    """Whether the server is there."""
    try:
        return httpx2.get(f"http://{address}/livez").status_code == 200
    except httpx2.TransportError:
        return False
