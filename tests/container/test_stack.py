"""compose.yaml as it is shipped: one budget, one place for metrics, one id, all from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.collector import Collector, collecting
from tests.container.stack import REPLICAS, SERVICES, Stack, standing
from tests.running import eventually
from tests.served.answers import structure
from tests.served.watching import Record

pytestmark = [pytest.mark.container, pytest.mark.timeout(180)]
BUDGET = 20
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PIECE = 16_384
"""Docker keeps longer lines in pieces of that size."""
SAY = """
[programs]
echo = {}
[[tool]]
name = "say"
description = "Say it."
program = "echo"
args = ["{text}"]
params.text = { required = true, max_length = 50000 }
"""


@dataclass(frozen=True)
class Watched:
    """The stack, and where its traces go."""

    stack: Stack
    collector: Collector


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The shipped server file, with a small budget and a tool that says what it is told."""
    folder = tmp_path_factory.mktemp("stack")
    shipped = Path("examples/container/replicas.toml").read_text()
    small = shipped.replace('"10000/day"', f'"{BUDGET}/day"')
    assert small != shipped
    file = folder / "handrail.toml"
    file.write_text(small + SAY)
    file.chmod(0o444)
    with collecting("0.0.0.0") as collector:  # noqa: S104  # containers come to it, too
        port = urllib.parse.urlsplit(collector.url).port
        assert port is not None
        with standing(folder, file, port) as stack:
            yield Watched(stack, collector)
    assert stack.left() == []


async def soon(holds: Callable[[], bool]) -> None:
    """Wait until somebody who looks every few seconds has seen it."""
    await eventually(holds, 60)


async def test_a_budget_is_exact_over_both_servers_and_each_call_is_measured_once(
    watched: Watched,
) -> None:
    stack = watched.stack
    async with AsyncExitStack() as all_of_them:
        # A key is sent to one server. That all of them are sent to the same: once in 2,000.
        clients = [
            await all_of_them.enter_async_context(stack.client(key))
            for key in stack.keys("ann", 12)
        ]
        calls = [one.call_tool_mcp("list_files", {}) for one in clients * 3]
        results = await asyncio.gather(*calls)

    ends = Counter(structure(one).get("error", {"code": "ok"})["code"] for one in results)
    assert ends == {"ok": BUDGET, "quota_exhausted": len(results) - BUDGET}

    def of(result: str) -> dict[str, float]:
        return stack.measured(f'handrail_calls_total{{tool="list_files", result="{result}"}}')

    await soon(lambda: (sum(of("ok").values()), sum(of("refused").values())) == (20, 16))
    assert set(of("ok")) == set(REPLICAS)
    records = {one: stack.audit(one) for one in REPLICAS}
    served = {one: sum("ending" in each for each in records[one]) for one in REPLICAS}
    assert served == of("ok")


async def test_a_budget_that_is_used_up_stays_so_when_redis_is_killed(watched: Watched) -> None:
    stack = watched.stack
    async with stack.client(stack.keys("eve", 1)[0]) as client:

        async def code() -> str:
            result = structure(await client.call_tool_mcp("list_files", {}))
            return str(result.get("error", {"code": "ok"})["code"])

        used = [await code() for _ in range(BUDGET + 1)]
        assert Counter(used) == {"ok": BUDGET, "quota_exhausted": 1}
        await soon(lambda: is_written(stack))
        killed = stack.facts("redis")["State"]["Pid"]
        os.kill(killed, signal.SIGKILL)
        await soon(lambda: stack.facts("redis")["State"]["Pid"] not in {0, killed})
        while (refused := await code()) == "busy":
            await asyncio.sleep(0.2)
    assert refused == "quota_exhausted"


def is_written(stack: Stack) -> bool:
    """Whether Redis has written what it knows; it holds back while a disk is busy."""
    return "aof_buffer_length:0" in stack.inside("redis", "redis-cli", "info", "persistence")


async def test_one_id_leads_to_the_trace_the_log_line_and_the_audit(watched: Watched) -> None:
    stack = watched.stack
    parent = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
    async with stack.client(stack.keys("bob", 1)[0]) as client:
        result = await client.call_tool_mcp(
            "say", {"text": "☃" * 5_000}, meta={"traceparent": parent}
        )
    call_id = structure(result)["call_id"]

    def found() -> list[tuple[str, Record]]:
        return [
            (server, line)
            for server, lines in stack.collected().items()
            for line in lines
            if line.get("trace_id") == TRACE_ID
        ]

    await soon(lambda: bool(found()))
    ((server, line),) = found()
    assert line["call_id"] == call_id
    assert len(json.dumps(line)) > PIECE
    (record,) = [one for one in stack.audit(server) if one.get("trace_id") == TRACE_ID]
    assert (record["call_id"], record["caller"]) == (call_id, "bob")
    await soon(lambda: any(one.name == "call say" for one in watched.collector.spans))
    span = watched.collector.named("call say")
    facts = {one.key: one.value.string_value for one in span.attributes}
    assert (span.trace_id.hex(), facts["handrail.call_id"]) == (TRACE_ID, call_id)


async def test_whatever_stands_there_is_hardened_and_healthy(watched: Watched) -> None:
    stack = watched.stack
    for service in SERVICES:
        facts = stack.facts(service)
        bounds = facts["HostConfig"]
        assert bounds["ReadonlyRootfs"], service
        assert bounds["CapDrop"] == ["ALL"], service
        assert bounds["SecurityOpt"] == ["no-new-privileges:true"], service
        assert bounds["LogConfig"]["Config"]["max-size"] == "10m", service
        assert min(bounds[one] for one in ("Memory", "PidsLimit", "NanoCpus")) > 0, service
    for service in SERVICES:

        def is_healthy(service: str = service) -> bool:
            return bool(stack.facts(service)["State"]["Health"]["Status"] == "healthy")

        await soon(is_healthy)


def test_who_has_no_business_there_comes_to_nothing(watched: Watched) -> None:
    def answer(url: str) -> str:
        asking = f"curl -s -o /dev/null -m 5 -w '%{{http_code}} %{{exitcode}}' {url} || true"
        return watched.stack.inside("proxy", "sh", "-c", asking)

    assert answer("http://first:9464/livez") == "200 0"
    assert answer("http://first:9464/metrics") == "401 0"
    assert answer("http://first:8000/mcp") == "401 0"
    # To the proxy there is nobody of that name: exit code 6 (curl(1)).
    assert answer("http://redis:6379/") == "000 6"


async def test_calls_go_on_when_one_server_is_gone(watched: Watched) -> None:
    stack = watched.stack
    keys = stack.keys("zoe", 6)
    stack.compose("stop", "second")
    for key in keys:
        async with stack.client(key) as client:
            assert not (await client.call_tool_mcp("list_files", {})).is_error
