"""No update is lost: many writers on one file, through two servers, each by its own protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.served.answers import refusal, structure
from tests.served.serving import Connected, Server, call, serving
from tests.served.site import WAYS, Site

WRITERS, EACH = 8, 5
START = 100
"""Numbers of one length, none of which is in another."""
Increment = Callable[[Connected, int], Awaitable[int]]
FILE = """
config_version = 1
[workspace]
root = "workspace"
[[tool]]
name = "read_file"
description = "Read a file of the workspace."
files = "read"
[[tool]]
name = "write_file"
description = "Write a file of the workspace."
files = "write"
timeout = "60s"
[[tool]]
name = "edit_file"
description = "Edit a file of the workspace."
files = "edit"
timeout = "60s"
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path, FILE)


async def increment(client: Connected, count: int) -> int:
    """Add to the number in a file, as often as wanted; how often somebody else was faster."""
    beaten = 0
    while count:
        read = structure(await call(client, "read_file", path="count"))
        new = str(int(read["text"]) + 1)
        done = await call(
            client, "write_file", path="count", content=new, expected_hash=read["hash"]
        )
        if not done.is_error:
            count -= 1
            continue
        told = refusal(done)
        assert (told["code"], told["field"]) == ("argument_invalid", "expected_hash")
        beaten += 1
    return beaten


async def increment_by_edits(client: Connected, count: int) -> int:
    """The same by edits, which find the number that was read, or nothing."""
    beaten = 0
    while count:
        old = structure(await call(client, "read_file", path="count"))["text"]
        done = await call(client, "edit_file", path="count", old=old, new=str(int(old) + 1))
        if not done.is_error:
            count -= 1
            continue
        told = refusal(done)
        assert (told["code"], told["field"]) == ("argument_invalid", "old")
        beaten += 1
    return beaten


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param([increment], marks=pytest.mark.nightly),
        pytest.param([increment_by_edits], marks=pytest.mark.nightly),
        [increment, increment_by_edits],
    ],
)
async def test_what_eight_writers_add_through_two_servers_is_all_there(
    site: Site, ways: list[Increment]
) -> None:
    first = site
    second = replace_server_file(site)
    async with AsyncExitStack() as stack:
        servers: list[Server] = [
            await stack.enter_async_context(serving(first, WAYS[0])),
            await stack.enter_async_context(serving(second, WAYS[3])),
        ]
        clients = [
            await stack.enter_async_context(servers[number % 2].client())
            for number in range(WRITERS)
        ]
        await call(clients[0], "write_file", path="count", content=str(START))
        beaten = await asyncio.gather(
            *(ways[number // 2 % len(ways)](client, EACH) for number, client in enumerate(clients))
        )
    assert (site.workspace / "count").read_text() == str(START + WRITERS * EACH)
    assert sum(beaten) > 0, "they never met, so nothing was shown"


def replace_server_file(site: Site) -> Site:
    """Another server file, with a state of its own, over the same workspace."""
    folder = site.folder / "second"
    folder.mkdir(mode=0o755)
    (folder / "workspace").symlink_to(site.workspace)
    (folder / "temporary").mkdir()
    (folder / "temporary").chmod(0o1777)
    other = replace(site, folder=folder)
    other.file.write_text(FILE)
    return other
