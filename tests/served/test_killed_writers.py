"""Whoever of a server is killed while it writes: each file is wholly old or wholly new."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import psutil
import pytest
from mcp import MCPError

from handrail.systems.files.names import DRAFT
from tests.served.serving import Connected, Server, call, calling, serving
from tests.served.site import WAYS, Site, hand_over
from tests.served.watching import commands_below, zygotes_of

SERVER_FILE = """
config_version = 1
[workspace]
root = "workspace"
[[tool]]
name = "write_file"
description = "Write a file of the workspace."
files = "write"
"""
CONTENTS = ["a" * 500_000, "b" * 500_000]
ROUNDS, MOST_ROUNDS = 40, 1_000
Victims = Callable[[Server], list[psutil.Process]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site.build(tmp_path, SERVER_FILE)
    (site.workspace / "file").write_text(CONTENTS[0])
    hand_over(site.workspace / "file")
    return site


def workers(server: Server) -> list[psutil.Process]:
    return commands_below(server.pid)


def zygotes(server: Server) -> list[psutil.Process]:
    return zygotes_of(server.pid)


def itself(server: Server) -> list[psutil.Process]:
    return [psutil.Process(server.pid)]


def kill(found: list[psutil.Process]) -> None:
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def other_content(site: Site) -> dict[str, object]:
    """The arguments of a call that writes the other content over what is there."""
    now = (site.workspace / "file").read_text()
    known = hashlib.sha256(now.encode()).hexdigest()
    return {"path": "file", "content": CONTENTS[now == CONTENTS[0]], "expected_hash": known}


async def write(client: Connected, site: Site) -> None:
    """Write at last: zygotes that were killed while they waited fail one call each."""
    for _ in range(20):
        if not (await call(client, "write_file", **other_content(site))).is_error:
            return
    raise AssertionError("nothing is written any more")


def look(site: Site) -> None:
    found = (site.workspace / "file").read_text()
    assert (len(found), len(set(found))) == (len(CONTENTS[0]), 1)
    assert {path.name for path in site.workspace.iterdir()} <= {"file", DRAFT}


@pytest.mark.parametrize("victims", [workers, zygotes])
async def test_a_file_is_whole_whenever_its_writer_is_killed(site: Site, victims: Victims) -> None:
    chance, seen = random.Random(5), set[bool]()  # noqa: S311  # no secret
    async with serving(site, WAYS[0]) as server, server.client() as client:
        for rounds in range(1, MOST_ROUNDS):
            async with calling(client, "write_file", **other_content(site)) as answer:
                await asyncio.sleep(chance.uniform(0, 0.03))  # the point at which it is killed
                kill(victims(server))
                seen.add((await answer).is_error)
            look(site)
            if rounds >= ROUNDS and len(seen) > 1:
                break
        await write(client, site)
    assert seen == {True, False}, "it was never killed in the middle, or always"
    assert [path.name for path in site.workspace.iterdir()] == ["file"]


async def test_a_file_is_whole_when_the_server_is_killed(site: Site) -> None:
    chance = random.Random(6)  # noqa: S311  # no secret
    for _ in range(4):
        async with serving(site, WAYS[2]) as server:
            with suppress(MCPError, httpx2.TransportError, RuntimeError):
                async with (
                    server.client() as client,
                    calling(client, "write_file", **other_content(site)) as answer,
                ):
                    await asyncio.sleep(chance.uniform(0, 0.03))
                    kill(itself(server))
                    await asyncio.wait([answer], timeout=5)
        look(site)
    async with serving(site, WAYS[2]) as server, server.client() as client:
        await write(client, site)
    assert [path.name for path in site.workspace.iterdir()] == ["file"]
