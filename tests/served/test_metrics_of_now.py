"""What Prometheus is told of a server's state: budgets, queues, its audit and its loop."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.redis_server import redis_server
from tests.served.serving import call, calling, free_port, serving
from tests.served.site import WAYS, Site
from tests.served.test_metrics import counted, scraped

_SERVER_FILE = """
config_version = 1
[workspace]
root = "workspace"
[audit]
[access.limits]
calls = "10/week"
output = "1MiB/30d"
[access.total]
calls = "1000/week"
[programs]
sleep = {}
true = {}
[[tool]]
name = "look"
description = "Do nothing."
program = "true"
[[tool]]
name = "linger"
description = "Take a while, one after the other."
program = "sleep"
args = ["{seconds}"]
concurrency = 1
params.seconds = { type = "number", required = true }
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path, _SERVER_FILE)


async def told(port: int, name: str, *parts: str, least: float) -> None:
    """Wait until a server tells at least that."""

    async def enough() -> bool:
        return counted(await asyncio.to_thread(scraped, port), name, *parts) >= least

    async with asyncio.timeout(10):
        while not await enough():
            await asyncio.sleep(0.05)


async def test_how_full_budgets_are_is_told_and_whose_they_are_is_not(site: Site) -> None:
    port = free_port()
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
    ):
        for _ in range(5):
            await call(client, "look")
        ratio = "handrail_budget_used_ratio"
        await told(port, ratio, "'calls'", "'caller'", "'week'", least=0.5)
        found = await asyncio.to_thread(scraped, port)
    assert counted(found, ratio, "'calls'", "'caller'", "'week'") == 0.5
    assert counted(found, ratio, "'calls'", "'all'", "'week'") == 0.005
    assert counted(found, ratio, "'output'", "'caller'", "'30d'") == 0
    assert len([key for key in found if key.startswith(ratio)]) == 3


@pytest.mark.nightly  # a store that hangs is given up after seconds
async def test_a_store_that_hangs_is_told_and_holds_up_no_scrape(site: Site) -> None:
    port = free_port()
    ratio = "handrail_budget_used_ratio"
    with redis_server(site.temporary) as redis:
        site.file.write_text(f"{_SERVER_FILE}[access]\nstore = '{redis.url}'\n")
        async with (
            serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
            server.client() as client,
        ):
            await call(client, "look")
            await told(port, ratio, "'calls'", "'caller'", least=0.1)
            assert redis.process is not None
            redis.process.send_signal(signal.SIGSTOP)
            await told(port, "handrail_failing", "'store'", least=1)
            async with asyncio.timeout(10):
                while any(key.startswith(ratio) for key in await asyncio.to_thread(scraped, port)):
                    await asyncio.sleep(0.05)
            redis.process.send_signal(signal.SIGCONT)
            await told(port, ratio, "'calls'", "'caller'", least=0.1)


async def test_what_is_behind_is_told(site: Site) -> None:
    port = free_port()
    async with (
        serving(site, WAYS[0], "--ops", f"127.0.0.1:{port}") as server,
        server.client() as client,
        calling(client, "linger", seconds=60),
        calling(client, "linger", seconds=60),
    ):
        await told(port, "handrail_calls_in_flight", "'waiting'", least=1)
        await told(port, "handrail_queue_longest_seconds", least=0.1)
        with kept_from_writing(site) as let_go:
            async with calling(client, "look") as answer:
                await told(port, "handrail_audit_unwritten_records", least=1)
                await told(port, "handrail_audit_lag_seconds", least=0.1)
                let_go()
                await answer
        found = await asyncio.to_thread(scraped, port)
        assert counted(found, "handrail_audit_unwritten_records") == 0
        assert counted(found, "handrail_audit_lag_seconds") == 0
        os.kill(server.pid, signal.SIGSTOP)
        time.sleep(0.5)  # for which the loop stands still
        os.kill(server.pid, signal.SIGCONT)
        await told(port, "handrail_loop_lag_seconds_sum", least=0.2)


@contextmanager
def kept_from_writing(site: Site) -> Iterator[Callable[[], None]]:
    """Nobody writes to the audit until it is let go."""
    with (site.state / "audit.jsonl.head").open() as head:
        fcntl.flock(head, fcntl.LOCK_EX)
        yield head.close
