"""A refusal for now says when to try again: in its structure, in words, and to HTTP."""

from __future__ import annotations

import math

import httpx2

from tests.served.answers import refusal, text
from tests.served.raw import tool_call
from tests.served.serving import call, http_process, serving
from tests.served.site import Site, Way

FILE = """
config_version = 1
workspace.root = "workspace"
programs.true = {}
[[tool]]
name = "nothing"
description = "Do nothing."
program = "true"
rate = "1/hour"
"""
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": "nothing",
}


async def test_it_is_in_the_structure_and_in_the_words(site: Site, way: Way) -> None:
    site.file.write_text(FILE)
    async with serving(site, way) as server, server.client() as client:
        assert not (await call(client, "nothing")).is_error
        second = await call(client, "nothing")
    told = refusal(second)
    assert told["code"] == "rate_limited"
    assert told["message"] == "the tool `nothing`'s rate of 1 call per hour is reached"
    assert 3500 < told["retry_after_seconds"] <= 3600
    assert told["hint"] == "Try again in 60 min."
    assert "rate_limited" in text(second)


def test_it_is_a_header_where_nothing_was_sent_before(site: Site) -> None:
    """The status stays 200: with another one, clients would throw the result away."""
    site.file.write_text(FILE)
    with http_process(site) as (_, url):
        first, second = (
            httpx2.post(url, json=tool_call(number, "nothing"), headers=HEADERS)
            for number in (1, 2)
        )
    assert (first.status_code, first.headers.get("retry-after")) == (200, None)
    result = second.json()["result"]
    assert second.status_code == 200
    assert result["isError"]
    wanted = result["structuredContent"]["error"]["retry_after_seconds"]
    assert second.headers["retry-after"] == str(math.ceil(wanted))
