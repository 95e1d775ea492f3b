"""Clients with a person at them, and the rounds of a question by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mcp_types
import psutil
from fastmcp import Client
from fastmcp.client.transports import ClientTransport, StdioTransport, StreamableHttpTransport
from mcp_types import ElicitResult

from tests.served.serving import Connected, http_process
from tests.served.site import Site, Way

SERVER_FILE = Path(__file__).with_name("approvals.toml")
YES = ElicitResult(action="accept", content={"approve": True})
NO = ElicitResult(action="decline")


@dataclass
class Person:
    """Answers every question with `answer`, once `thinking` is over, and remembers them."""

    answer: ElicitResult = field(default_factory=lambda: YES)
    questions: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    thinking: Callable[[str], Awaitable[object]] | None = None

    async def hear(self, message: str, *_: object) -> ElicitResult:
        """What a client does with a question."""
        self.questions.append(message)
        self.asked.set()
        if self.thinking is not None:
            await self.thinking(message)
        return self.answer


def ran(site: Site) -> list[str]:
    """What the tools have left, a line for each time that one ran."""
    marker = site.workspace / "ran"
    return marker.read_text().splitlines() if marker.exists() else []


def server_of(site: Site) -> psutil.Process:
    """The server of this site, which this process has started."""
    children = psutil.Process().children()
    return next(child for child in children if str(site.file) in child.cmdline())


@asynccontextmanager
async def attended(site: Site, way: Way, person: Person) -> AsyncIterator[Connected]:
    """A client with a person at it, of a server of its own."""
    async with served(site, way) as reached, reached(person) as client:
        yield client


@asynccontextmanager
async def served(
    site: Site, way: Way
) -> AsyncIterator[Callable[[Person], AbstractAsyncContextManager[Connected]]]:
    """How to reach a server as somebody; on stdio, each has one of their own."""
    if way.transport == "http":
        with http_process(site) as (_, url):
            yield lambda person: _client(StreamableHttpTransport(url), way, person)
        return
    command, *rest = site.command()
    yield lambda person: _client(
        StdioTransport(command, rest, env=site.environment, log_file=site.log, keep_alive=False),
        way,
        person,
    )


def _client(
    transport: ClientTransport, way: Way, person: Person
) -> AbstractAsyncContextManager[Connected]:
    return Client(transport, mode=way.mode, elicitation_handler=person.hear)


Round = mcp_types.CallToolResult | mcp_types.InputRequiredResult


async def send(
    client: Connected,
    tool: str,
    *,
    state: str | None = None,
    answer: ElicitResult | None = None,
    **arguments: Any,
) -> Round:
    """One round of a call on 2026-07-28, with what a client brings back from the one before."""
    return await client.session.call_tool(
        tool,
        arguments,
        allow_input_required=True,
        request_state=state,
        input_responses=None if answer is None else {"approval": answer},
    )


async def question(client: Connected, tool: str, **arguments: Any) -> str:
    """The sealed state of a question."""
    asked = await send(client, tool, **arguments)
    assert isinstance(asked, mcp_types.InputRequiredResult)
    assert asked.request_state is not None
    return asked.request_state


async def end(
    client: Connected, tool: str, state: str, answer: ElicitResult = YES, **arguments: Any
) -> mcp_types.CallToolResult:
    """What comes of an answer."""
    result = await send(client, tool, state=state, answer=answer, **arguments)
    assert isinstance(result, mcp_types.CallToolResult)
    return result
