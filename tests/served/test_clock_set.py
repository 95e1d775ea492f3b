"""Whoever sets the machine's clock, by a year and more, keeps nobody waiting for that long."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx2
import pytest
from fastmcp import Client

from tests.clock import MachineClock
from tests.redis_server import redis_server
from tests.running import eventually
from tests.served.answers import facts, refusal
from tests.served.asking import SERVER_FILE, Person, end, question, ran
from tests.served.auditing import lines, verify
from tests.served.serving import Connected, call, free_port
from tests.served.site import Site

WEEK = 604_800
YEAR = 365 * 86_400
_SERVER_FILE = """
config_version = 1
audit = {{}}
[workspace]
root = "workspace"
[programs]
true = {{}}
[access]
store = "{store}"
[access.limits]
calls = "1000/week"
concurrency = 2
[[tool]]
name = "look"
description = "Do nothing."
program = "true"
[[tool]]
name = "look_rarely"
description = "Do nothing, once a week."
program = "true"
rate = "1/week"
"""


@contextmanager
def store_of(kind: str, clock: MachineClock) -> Iterator[str]:
    """Where budgets are counted; a Redis has the same clock."""
    if kind != "redis":
        yield kind
        return
    environ = {"PATH": os.environ["PATH"], **clock.environment}
    with redis_server(clock.folder, environ) as redis:
        yield redis.url


@asynccontextmanager
async def clocked(site: Site, clock: MachineClock) -> AsyncIterator[tuple[str, Connected]]:
    """A server with that clock: its address, and a client."""
    address = f"127.0.0.1:{free_port()}"
    with site.log.open("ab") as log:
        server = subprocess.Popen(
            site.command("--http", address),
            env={**site.environment, **clock.environment},
            stdout=log,
            stderr=log,
        )
    try:
        await eventually(lambda: is_ready(address), 20)
        person = Person().hear  # who could be asked
        url = f"http://{address}/mcp"
        async with Client(url, mode="auto", elicitation_handler=person) as client:
            yield address, client
    finally:
        server.terminate()
        server.wait(30)


def is_ready(address: str) -> bool:
    """Whether the server takes calls."""
    try:
        return httpx2.get(f"http://{address}/readyz").is_success
    except httpx2.TransportError:
        return False


async def longest_wait(client: Connected) -> float:
    """For how long the tool cannot be called that may be called once a week; others can."""
    assert not (await call(client, "look")).is_error
    result = await call(client, "look_rarely")
    return float(refusal(result)["retry_after_seconds"]) if result.is_error else 0.0


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("redis", marks=pytest.mark.nightly)])
async def test_calls_go_on_whatever_the_clock_says(tmp_path: Path, kind: str) -> None:
    (tmp_path / "clock").mkdir()
    clock = MachineClock.build(tmp_path / "clock")
    with store_of(kind, clock) as store:
        (tmp_path / "site").mkdir()
        site = Site.build(tmp_path / "site", _SERVER_FILE.format(store=store))
        async with clocked(site, clock) as (address, client):
            assert await longest_wait(client) == 0
            for off_by in (2 * YEAR, 0, -2 * YEAR):
                clock.set(off_by)
                assert await longest_wait(client) <= WEEK
                assert is_ready(address)

    told = [line["time"][:4] for line in lines(site) if line["kind"] == "end"]
    assert len(set(told)) == 3, "the clock was set"
    assert [line["seq"] for line in lines(site)] == list(range(1, len(lines(site)) + 1))
    verified = await asyncio.to_thread(verify, site)
    assert verified.code == 0, verified


async def test_an_answer_to_a_question_counts_once_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "clock").mkdir()
    clock = MachineClock.build(tmp_path / "clock")
    (tmp_path / "site").mkdir()
    site = Site.build(tmp_path / "site", SERVER_FILE.read_text())
    async with clocked(site, clock) as (_, client):
        state = await question(client, "destroy", word="one")
        assert facts(await end(client, "destroy", state, word="one"))["ok"]
        clock.set(3600)  # when questions of an hour ago are forgotten
        other = await question(client, "destroy", word="two")
        assert facts(await end(client, "destroy", other, word="two"))["ok"]
        clock.set(0)
        again = refusal(await end(client, "destroy", state, word="one"))
        assert again["message"].startswith("the question was answered before")
    assert ran(site) == ["one", "two"]
