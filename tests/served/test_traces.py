"""One call's trace, log line and audit record, joined by one id."""

from __future__ import annotations

import json
import socket

import pytest

from tests.collector import Collector, collecting
from tests.served.answers import refusal
from tests.served.serving import call, serving
from tests.served.site import WAYS, Site, Way

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
two_ways = pytest.mark.parametrize("way", [WAYS[0], WAYS[3]], ids=str)


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
    for step in collector.below(span):
        assert span.start_time_unix_nano <= step.start_time_unix_nano
        assert step.end_time_unix_nano <= span.end_time_unix_nano
    (line,) = [line for line in site.records() if line["event"] == "call"]
    audit = (site.state / "audit.jsonl").read_text().splitlines()
    (record,) = [one for one in map(json.loads, audit) if one["kind"] == "end"]
    assert line["trace_id"] == record["trace_id"] == TRACE_ID
    assert line["call_id"] == record["call_id"] == facts(span)["handrail.call_id"]
    assert len(collector.services) == 1
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


@pytest.mark.parametrize("parent", ["", "00-zz", f"{PARENT}-more", f"00-{'0' * 32}-{'0' * 16}-01"])
async def test_a_trace_that_makes_no_sense_is_not_continued(site: Site, parent: str) -> None:
    with collecting() as collector:
        watched(site, collector)
        async with serving(site, WAYS[0]) as server, server.client() as client:
            result = await client.call_tool_mcp("end", {}, meta={"traceparent": parent})
        span = collector.named("call end")
    assert not result.is_error
    assert span.trace_id.hex() not in (TRACE_ID, "0" * 32)


async def test_a_collector_that_never_answers_holds_up_nothing(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        watched(site, Collector(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        with http_process(site) as (process, url):
            async with Client(url) as client:
                for _ in range(3):
                    assert not (await call(client, "end")).is_error
            process.terminate()
            # It was to wait for one second; the rest is for a busy machine. Without an end to
            # the waiting, it would be 30 seconds.
            assert process.wait(10) == 0
    assert said(site) == ["the collector did not take the last traces in time; they are dropped"]


async def test_a_collector_that_is_away_is_said_once(site: Site) -> None:
    with quick_ways_of_sending(), socket.create_server(("127.0.0.1", 0)) as nobody:
        watched(site, Collector(f"http://127.0.0.1:{nobody.getsockname()[1]}"))
