"""No update is lost: many writers on one file, through two servers, each by its own protocol."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.served.answers import refusal, structure
from tests.served.serving import Connected, Server, call, serving
from tests.served.site import WAYS, Site

WRITERS, EACH = 8, 5
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


async def test_what_eight_writers_add_through_two_servers_is_all_there(site: Site) -> None:
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
        await call(clients[0], "write_file", path="count", content="0")
        beaten = await asyncio.gather(*(increment(client, EACH) for client in clients))
    assert (site.workspace / "count").read_text() == str(WRITERS * EACH)
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
