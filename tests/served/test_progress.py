"""Progress: what clients hear while a call runs, when they ask."""

from __future__ import annotations

import pytest

from tests.running import eventually
from tests.served.raw import Mode, converse, opening, request, tool_call
from tests.served.serving import Connected
from tests.served.site import Site

Heard = tuple[float, float | None, str | None]


async def progress_of(client: Connected, tool: str, count: int) -> list[Heard]:
    """What is heard of a call: so many notifications, of which some may come after the answer."""
    heard: list[Heard] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    await client.call_tool_mcp(tool, {}, progress_handler=hear)
    await eventually(lambda: len(heard) >= count)
    return heard


async def test_a_declared_pattern_gives_numbers_and_messages(client: Connected) -> None:
    assert await progress_of(client, "steps", 3) == [
        (1, 3, "now 1"),
        (2, 3, "now 2"),
        (3, 3, "now 3"),
    ]


async def test_without_a_pattern_each_line_is_a_step(client: Connected) -> None:
    assert await progress_of(client, "lines", 3) == [
        (1, None, "one"),
        (2, None, "two"),
        (3, None, "three"),
    ]


async def test_progress_never_goes_back(client: Connected) -> None:
    assert [done for done, _, _ in await progress_of(client, "backwards", 3)] == [20, 30, 40]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_that_does_not_ask_hears_nothing(site: Site, mode: Mode) -> None:
    said, code = converse(site, [*opening(mode), tool_call(1, "lines", mode)])

    assert code == 0
    assert [message.get("id", message.get("method")) for message in said] == [0, 1]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_that_asks_hears_before_the_answer(site: Site, mode: Mode) -> None:
    asking = request(
        1, "tools/call", mode, name="lines", arguments={}, _meta={"progressToken": "t"}
    )
    said, _ = converse(site, [*opening(mode), asking])

    methods = [message.get("id", message.get("method")) for message in said]
    assert methods == [0, *["notifications/progress"] * 3, 1], said[-1]
    assert [message["params"]["message"] for message in said[1:4]] == ["one", "two", "three"]
