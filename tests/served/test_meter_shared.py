"""Budgets in a Redis that goes away, and places of a server that does."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AbstractContextManager
from pathlib import Path

import psutil
import pytest

from handrail.meter.redis import LEASE_SECONDS
from tests.redis_server import redis_server
from tests.running import eventually
from tests.served.answers import refusal
from tests.served.lone_client import lone_client
from tests.served.metered import metered_site, replicas
from tests.served.serving import Server, call, calling
from tests.served.watching import commands_below


async def test_without_its_redis_a_server_changes_nothing_and_goes_on_when_it_is_back(
    tmp_path: Path,
) -> None:
    with redis_server(tmp_path) as redis:
        site = metered_site(tmp_path / "site", redis, 'calls = "1000/week"')
        with replicas([site]) as [server]:
            async with server.client() as client:
                assert not (await call(client, "change")).is_error
                redis.kill()

                refused = refusal(await call(client, "change"))
                assert refused["code"] == "busy"
                assert refused["retry_after_seconds"] > 0
                assert "Redis" not in f"{refused}" and "127.0.0.1" not in f"{refused}"
                assert not (await call(client, "look")).is_error

                redis.start()
                while (await call(client, "change")).is_error:
                    await asyncio.sleep(0.1)

    said = [line["event"] for line in site.records() if "store of budgets" in line["event"]]
    assert said == ["the store of budgets is away", "the store of budgets answers again"]


@pytest.mark.nightly
async def test_the_places_of_a_killed_server_return_when_its_leases_end(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        sites = [metered_site(tmp_path / name, redis, "concurrency = 2") for name in "ab"]
        with replicas(sites) as [doomed, other], _lingering(doomed), _lingering(doomed):
            await eventually(lambda: len(commands_below(doomed.pid)) == 2, 20)
            commands = commands_below(doomed.pid)
            async with other.client() as client, calling(client, "look") as waiting:
                os.kill(doomed.pid, signal.SIGKILL)
                killed = time.monotonic()
                assert not (await waiting).is_error
                took = time.monotonic() - killed
            await eventually(lambda: not any(map(psutil.Process.is_running, commands)))

    assert took < LEASE_SECONDS + 2


def _lingering(server: Server) -> AbstractContextManager[object]:
    """A client whose call lasts, until its server is killed."""
    return lone_client(server.site, server.way, server, "linger", seconds=300)
