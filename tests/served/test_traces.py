"""One call's trace, log line and audit record, joined by one id."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from fastmcp import Client
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from tests.collector import Collector, collecting
from tests.running import SOON_SECONDS
from tests.served.answers import refusal
from tests.served.serving import Connected, call, http_process, serving
from tests.served.site import WAYS, Site, Way

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
AWAY = "the collector of traces does not answer; they are dropped meanwhile"
BACK = "the collector of traces answers again"
two_ways = pytest.mark.parametrize("way", [WAYS[0], WAYS[3]], ids=str)


class Quick(Site):
    """A site whose server sends without delay."""

    @property
    def environment(self) -> dict[str, str]:
        """The server's environment."""
        return {**super().environment, "OTEL_BSP_SCHEDULE_DELAY": "20"}


@dataclass(frozen=True, slots=True)
class Told(Site):
    """A site whose server is told in its environment where to send, and who it is."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The server's environment."""
        own = {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_SERVICE_NAME": "replica-1"}
        return {**Site(self.folder).environment, **own}


def facts(span: object) -> dict[str, str]:
    """The attributes of a span that are text."""
    return {one.key: one.value.string_value for one in span.attributes}  # type: ignore[attr-defined]  # the library has no types


def watched(site: Site, collector: Collector) -> None:
    """Have the site's server send traces, and keep an audit."""
    with site.file.open("a") as file:
        file.write(f'\n[telemetry]\notlp = "{collector.url}"\n[audit]\n')


@two_ways
async def test_a_call_is_part_of_its_clients_trace(site: Site, way: Way) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, way) as server, server.client() as client:
            await client.call_tool_mcp("end", {}, meta={"traceparent": PARENT})
        span = collector.named("call end")

    assert span.trace_id.hex() == TRACE_ID
    assert [step.name for step in collector.below(span)] == [
        *("plan", "judge", "queue", "record", "run", "answer")
    ]
    steps = collector.below(span)
    assert span.start_time_unix_nano <= steps[0].start_time_unix_nano
    assert steps[-1].end_time_unix_nano == span.end_time_unix_nano
    for step, following in pairwise(steps):
        # Each lasts until the next; a nanosecond may be lost where they meet.
        assert abs(step.end_time_unix_nano - following.start_time_unix_nano) <= 1
    (line,) = [line for line in site.records() if line["event"] == "call"]
    audit = (site.state / "audit.jsonl").read_text().splitlines()
    (record,) = [one for one in map(json.loads, audit) if one["kind"] == "end"]
    assert line["trace_id"] == record["trace_id"] == TRACE_ID
    assert line["call_id"] == record["call_id"] == facts(span)["handrail.call_id"]
    around = collector.with_id(span.parent_span_id)
    assert around.parent_span_id.hex() == PARENT.split("-")[2]
    assert collector.services == {"served"}
    assert "mcp.server.operation.duration" in collector.measured


async def test_a_call_that_nobody_traces_begins_a_trace(site: Site) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            await call(client, "end")
        span = collector.named("call end")
    (line,) = [line for line in site.records() if line["event"] == "call"]
    assert line["trace_id"] == span.trace_id.hex()
    assert span.parent_span_id, "the framework's span is around it"


async def test_what_went_wrong_is_an_error_and_says_no_more_than_its_code(site: Site) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            wrong = await call(client, "end", hunter2="hunter2")
            await call(client, "end", code=4)
        refused, failed = [one for one in collector.spans if one.name == "call end"]
    assert refusal(wrong)["code"] == facts(refused)["error.type"] == "argument_invalid"
    assert facts(failed)["error.type"] == "tool_error"
    assert refused.status.code == failed.status.code == Status.STATUS_CODE_ERROR
    assert not any("hunter2" in str(span) for span in collector.spans)


async def test_a_tool_that_there_is_not_is_named_by_no_caller(site: Site) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            await client.call_tool_mcp("hunter2", {}, meta={"traceparent": PARENT})
        span = collector.named("call unknown")
    assert facts(span)["error.type"] == "not_found"
    assert span.trace_id.hex() == TRACE_ID
    assert collector.tools == {"unknown"}


async def test_a_trace_that_nobody_keeps_is_not_sent(site: Site) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            await client.call_tool_mcp("end", {}, meta={"traceparent": f"{PARENT[:-2]}00"})
    assert not [one for one in collector.spans if one.trace_id.hex() == TRACE_ID]
    (line,) = [line for line in site.records() if line["event"] == "call"]
    assert line["trace_id"] == TRACE_ID


async def test_a_trace_that_makes_no_sense_is_not_continued(site: Site) -> None:
    parents = ["", "00-zz", f"{PARENT}-more", f"00-{'0' * 32}-{'0' * 16}-01"]
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            for parent in parents:
                result = await client.call_tool_mcp("end", {}, meta={"traceparent": parent})
                assert not result.is_error
    ids = {one.trace_id.hex() for one in collector.spans if one.name == "call end"}
    assert len(ids) == len(parents)
    assert not ids & {TRACE_ID, "0" * 32}


async def test_a_collector_that_never_answers_holds_up_nothing(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        watched(site, Collector(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        with http_process(site) as (process, url):
            async with Client(url) as client:
                for _ in range(3):
                    assert not (await call(client, "end")).is_error
            process.terminate()
            # It waits for one second; the rest is for a busy machine. The library would wait
            # for the time limit of each request: twice ten seconds.
            assert process.wait(10) == 0
    assert said(site) == ["the collector did not take the last traces in time; they are dropped"]


async def test_a_collector_that_goes_away_and_comes_back_is_said_once(site: Site) -> None:
    with collecting() as collector:
        quick = Quick(site.folder)
        watched(quick, collector)
        async with serving(quick, WAYS[0]) as server, server.client() as client:
            collector.status = 500
            await called_until(client, lambda: AWAY in said(site))
            await call(client, "end")
            collector.status = 200
            await called_until(client, lambda: BACK in said(site))
    assert said(site) == [AWAY, BACK]


async def test_the_environment_says_where_and_who(site: Site) -> None:
    with collecting() as collector:
        told = Told(site.folder, collector.url)
        async with serving(told, WAYS[0]) as server, server.client() as client:
            await call(client, "end")
    assert facts(collector.named("call end"))["gen_ai.tool.name"] == "end"
    assert collector.services == {"replica-1"}


def test_without_what_sends_them_a_server_does_not_start(site: Site) -> None:
    watched(site, Collector("http://127.0.0.1:9"))
    ended = without_the_extra(site)
    assert ended.returncode == 2
    assert "pip install 'handrail[otel]'" in ended.stderr


def test_a_variable_that_makes_no_sense_is_told_at_the_start(site: Site) -> None:
    watched(site, Collector("http://127.0.0.1:9"))
    ended = subprocess.run(
        site.command(),
        env={**site.environment, "OTEL_BSP_MAX_QUEUE_SIZE": "-1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "OTEL_" in ended.stderr
    assert "Traceback" not in ended.stderr


def without_the_extra(site: Site) -> subprocess.CompletedProcess[str]:
    """Serve where the extra cannot be imported, as when it is not installed."""
    program = (
        "import sys; sys.modules['opentelemetry.sdk'] = None; "
        "from handrail.cli.main import main; main(sys.argv[1:])"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "serve", str(site.file)],
        env=site.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def said(site: Site) -> list[str]:
    """What the log says of the collector."""
    return [line["event"] for line in site.records() if line["logger"] == "handrail.otlp"]


async def called_until(client: Connected, holds: Callable[[], bool]) -> None:
    """Call, so that there is something to send, until something holds."""
    async with asyncio.timeout(SOON_SECONDS):
        while not holds():
            assert not (await call(client, "end")).is_error
