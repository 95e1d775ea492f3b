"""`handrail top`: what goes on in running servers, as their owner sees it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Printed, handrail
from tests.running import eventually
from tests.served.serving import Server, call, calling, serving
from tests.served.site import WAYS, Site
from tests.served.watching import new_marker, processes_of

_HANG_SECONDS = 30


def facts(site: Site) -> list[dict[str, Any]]:
    printed = handrail("top", "--json", folder=site.folder)
    return [json.loads(line) for line in printed.out.splitlines()]


def once(site: Site, **environ: str) -> Printed:
    return handrail("top", "--once", folder=site.folder, **environ)


@asynccontextmanager
async def busy(site: Site) -> AsyncIterator[tuple[Server, str]]:
    """A server with a call that runs, one that is done, and one that was refused."""
    marker = new_marker()
    async with serving(site, WAYS[2]) as server, server.client() as client:
        await call(client, "linger", seconds=0)
        await call(client, "linger", seconds="nonsense")
        async with calling(client, "tree", marker=marker):
            await eventually(lambda: bool(processes_of(marker)))
            yield server, marker


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path)


async def test_what_runs_and_what_was_is_told(site: Site) -> None:
    async with busy(site) as (server, marker):
        (told,) = await asyncio.to_thread(facts, site)
        shown = await asyncio.to_thread(once, site, COLUMNS="100")
    assert (told["pid"], told["tier"], told["calls"]) == (server.pid, server.tier, 1)
    assert told["refused"] == {"argument_invalid": 1}
    (flight,) = told["flights"]
    assert (flight["tool"], flight["caller"], flight["stage"]) == ("tree", "local", "running")
    assert marker in flight["command"]
    assert shown.code == 0
    for words in (
        f"pid {server.pid}",
        "1 running, 0 waiting, 1 done",
        "argument_invalid 1",
        "tree",
    ):
        assert words in shown.out


async def test_it_fits_the_terminal(site: Site) -> None:
    async with busy(site):
        for columns in (100, 80, 40):
            shown = await asyncio.to_thread(once, site, COLUMNS=str(columns))
            assert max(map(len, shown.out.splitlines())) <= columns


async def test_a_killed_server_is_forgotten_and_its_socket_goes(site: Site) -> None:
    async with serving(site, WAYS[2]) as server:
        os.kill(server.pid, signal.SIGKILL)
        await eventually(lambda: not facts(site))
    assert list((site.state / "servers").iterdir()) == []
    assert once(site) == Printed(1, "No server runs with this file.\n", "")


async def test_a_server_that_stops_takes_its_socket_along(site: Site) -> None:
    async with serving(site, WAYS[2]):
        (socket,) = (site.state / "servers").iterdir()
        assert socket.stat().st_mode & 0o777 == 0o600
        assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert list((site.state / "servers").iterdir()) == []


async def test_servers_whose_state_cannot_be_kept_serve_all_the_same(site: Site) -> None:
    site.state.mkdir()
    (site.state / "servers").write_text("in the way")
    async with serving(site, WAYS[2]) as server, server.client() as client:
        assert not (await call(client, "linger", seconds=0)).is_error
    assert [line["event"] for line in site.records()].count("cannot be watched") == 1


async def test_a_state_folder_with_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    site = Site.build(folder)
    async with serving(site, WAYS[2]) as server:
        (told,) = await asyncio.to_thread(facts, site)
    assert told["pid"] == server.pid


@pytest.mark.parametrize("keys", ["q", "\x03"])
async def test_at_a_terminal_it_goes_on_until_a_key_ends_it(site: Site, keys: str) -> None:
    # Where the tests run in the background, it is ignored, and every process inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    async with busy(site) as (_, marker):
        seen, code, is_as_before = await asyncio.to_thread(watched, site, marker, keys)
    assert "1 running" in seen
    assert code == (0 if keys == "q" else 130)
    assert is_as_before


def watched(site: Site, until: str, keys: str) -> tuple[str, int, bool]:
    """What is on the screen until the words are, and how it ends by the keys."""
    screen, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    with subprocess.Popen(
        ["setsid", "--ctty", "--wait", sys.executable, "-m", "handrail", "top", "--every", "0.1"],
        cwd=site.folder,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "120", "LINES": "40"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    ) as process:
        seen, is_pressed = "", False
        # Read on to the end: a terminal that nobody reads is full soon, and then it waits.
        hangs_at = time.monotonic() + _HANG_SECONDS
        while process.poll() is None:
            if time.monotonic() > hangs_at:
                process.kill()
            if select.select([screen], [], [], 0.1)[0]:
                seen += os.read(screen, 65_536).decode(errors="replace")
            if until in seen and not is_pressed:
                os.write(screen, keys.encode())
                is_pressed = True
        code = process.returncode
    after = termios.tcgetattr(terminal)
    os.close(terminal)
    os.close(screen)
    return seen, code, after == before
