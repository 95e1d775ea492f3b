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


async def test_a_collector_that_never_answers_costs_no_call(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        watched(site, Collector(url))
        async with serving(site, WAYS[0]) as server, server.client() as client:
            for _ in range(3):
                assert not (await call(client, "end")).is_error
    said = [line["event"] for line in site.records()]
    assert said.count("the collector of traces does not answer; they are dropped meanwhile") == 1
