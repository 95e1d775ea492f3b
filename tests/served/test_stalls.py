"""A server whose loop is stuck says so, by another thread, and is well again when it turns."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import handrail
from tests.running import eventually
from tests.served.serving import free_port
from tests.served.site import Site

PROGRAM = Path(__file__).with_name("stuck_server.py")
STALLED = (503, '{"status":"stalled"}')


@contextmanager
def stuck_server(site: Site, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on stdio that hangs when it is told to."""
    os.mkfifo(fifo(site))
    command = [sys.executable, str(PROGRAM), str(fifo(site)), "serve", str(site.file), *options]
    with (
        site.log.open("ab") as log,
        subprocess.Popen(
            command,
            env={**site.environment, "PYTHONPATH": str(Path.cwd())},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        ) as server,
    ):
        try:
            yield server
        finally:
            server.kill()


def fifo(site: Site) -> Path:
    """What the server waits at."""
    return site.folder / "fifo"


def events(site: Site, logger: str) -> list[str]:
    """What a part of the server has logged."""
    return [one["event"] for one in site.records() if one["logger"] == f"handrail.{logger}"]


async def test_a_stuck_loop_is_told_and_logged_once_with_where_it_is(site: Site) -> None:
    address = f"127.0.0.1:{free_port()}"
    with stuck_server(site, "--ops", address) as server:
        await eventually(lambda: "serving" in events(site, "serve"), 20)
        assert fetched(address, "/livez") == (200, '{"status":"ok"}')
        server.send_signal(signal.SIGUSR1)
        await eventually(lambda: fetched(address, "/livez") == STALLED, 20)
        assert fetched(address, "/readyz") == (
            503,
            '{"status":"not_ready","failing":["loop"]}',
        )
        assert said(site, "--url", f"http://{address}/livez") == (1, "stalled")
        await eventually(lambda: "the loop is stuck" in events(site, "loop"))
        fifo(site).write_text("go on")
        await eventually(lambda: fetched(address, "/livez")[0] == 200)
        await eventually(lambda: "the loop turns again" in events(site, "loop"))
        assert server.stdin is not None
        server.stdin.close()
        assert server.wait(20) == 0

    assert events(site, "loop") == ["the loop is stuck", "the loop turns again"]
    stuck, turning = (one for one in site.records() if one["logger"] == "handrail.loop")
    assert any(f"{PROGRAM}:" in where and where.endswith(" hang") for where in stuck["at"])
    assert "nobody-may-log" not in site.log.read_text()
    assert stuck["level"] == "error"
    assert 5 <= stuck["seconds"] <= turning["seconds"] < 30


@pytest.mark.nightly
async def test_it_is_logged_without_an_ops_listener_too(site: Site) -> None:
    with stuck_server(site) as server:
        await eventually(lambda: "serving" in events(site, "serve"), 20)
        server.send_signal(signal.SIGUSR1)
        await eventually(lambda: "the loop is stuck" in events(site, "loop"), 20)


@pytest.mark.nightly
async def test_a_process_that_was_stopped_as_a_whole_was_not_stuck(site: Site) -> None:
    address = f"127.0.0.1:{free_port()}"
    with stuck_server(site, "--ops", address) as server:
        await eventually(lambda: "serving" in events(site, "serve"), 20)
        server.send_signal(signal.SIGSTOP)
        await asyncio.sleep(7)  # longer than a loop may be stuck
        server.send_signal(signal.SIGCONT)
        await eventually(lambda: fetched(address, "/livez")[0] == 200)
        assert server.stdin is not None
        server.stdin.close()
        assert server.wait(20) == 0
    assert events(site, "loop") == []


def said(site: Site, *options: str) -> tuple[int, str]:
    """The exit code of `handrail health`, and its words."""
    printed = handrail("health", *options, folder=site.folder)
    return printed.code, printed.out.strip()


def fetched(address: str, path: str) -> tuple[int, str]:
    """The status and the text of what the ops listener says."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
