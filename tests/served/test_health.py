"""`handrail health`, and what probes are told over HTTP."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import urllib.error
import urllib.request

from tests.cli.terminal import handrail
from tests.running import eventually
from tests.served.serving import call, calling, serving
from tests.served.site import WAYS, Site
from tests.served.watching import commands_below

ON_HTTP = WAYS[2]


def wait_for(site: Site, words: str) -> None:
    """Ask until that is said; it is looked at every few seconds."""
    for _ in range(60):
        if said(site)[1] == words:
            return
    raise AssertionError(said(site))


def said(site: Site, *options: str) -> tuple[int, str]:
    """The exit code of `handrail health`, and its words."""
    printed = handrail("health", *options, folder=site.folder)
    return printed.code, printed.out.strip()


async def test_a_server_is_ready_until_it_is_gone(site: Site) -> None:
    async with serving(site, WAYS[0]) as server, server.client() as client:
        await call(client, "end")
        code, words = await asyncio.to_thread(said, site)
        assert (code, words.partition(":")[0]) == (0, "ready")
    assert said(site) == (1, "not_running")


async def test_a_server_that_was_stopped_does_not_answer(site: Site) -> None:
    async with serving(site, ON_HTTP) as server:
        os.kill(server.pid, signal.SIGSTOP)
        try:
            assert await asyncio.to_thread(said, site) == (1, "no_answer")
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert (await asyncio.to_thread(said, site))[0] == 0


async def test_a_server_whose_workspace_is_gone_is_alive_and_not_ready(site: Site) -> None:
    async with serving(site, ON_HTTP) as server:
        shutil.rmtree(site.workspace)
        await asyncio.to_thread(wait_for, site, "not_ready: workspace")
        assert (await asyncio.to_thread(said, site, "--live"))[0] == 0
        assert server.url is not None
        assert await asyncio.to_thread(fetched, server.url, "/readyz") == (
            503,
            '{"status":"not_ready"}',
        )
        assert await asyncio.to_thread(fetched, server.url, "/livez") == (200, '{"status":"ok"}')
        site.workspace.mkdir()


async def test_a_server_that_drains_is_not_ready(site: Site) -> None:
    async with serving(site, ON_HTTP, "--drain", "20") as server, server.client() as client:
        await call(client, "end")
        async with calling(client, "linger", seconds=2) as answer:
            await eventually(lambda: bool(commands_below(server.pid)))
            os.kill(server.pid, signal.SIGTERM)
            code, words = await asyncio.to_thread(said, site)
            assert (code, words) == (1, "not_ready: draining")
            await answer


def fetched(url: str, path: str) -> tuple[int, str]:
    """The status and the text of what a server tells everybody."""
    try:
        with urllib.request.urlopen(url.replace("/mcp", path), timeout=10) as answer:  # noqa: S310  # of ours
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
