"""The tools of a server that runs, as it tells them to whoever asks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx2
import mcp_types
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from handrail.errors import UsageError
from handrail.scaffold.compare.listing import MOST_TOOLS, Listing, listing, wrong
from handrail.spec.document import printable
from handrail.spec.source import LARGEST_FILE

PATIENCE_SECONDS = 30.0
"""How long a server may take to answer, with all pages of its list."""
_MOST_PAGES = 250
_REFUSED = (401, 403)
_FIRST_ERROR = 400
_LONGEST = 200


def ask(url: str, key: str | None) -> Listing:
    """The tools of the server at `url`, which gets `key` as a bearer token.

    Raises `UsageError` with a code when it cannot be reached, refuses, is no MCP server, takes
    too long, or says too much.
    """
    wire = _Wire()
    # It writes tracebacks of answers that it does not understand; what we raise says it.
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    try:
        tools = asyncio.run(asyncio.wait_for(_ask(url, key, wire), PATIENCE_SECONDS))
    except TimeoutError:
        raise wrong(url, f"no whole answer in {PATIENCE_SECONDS:g} s", "D103") from None
    except Exception as failed:  # noqa: BLE001  # the client's libraries raise of many kinds
        raise wire.refusal(url, failed) from None
    return listing(url, {"tools": tools})


async def _ask(url: str, key: str | None, wire: _Wire) -> list[dict[str, Any]]:
    transport = StreamableHttpTransport(url, auth=key, httpx_client_factory=wire.client)
    tools: list[mcp_types.Tool] = []
    async with Client(transport) as client:
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await client.list_tools_mcp(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if cursor is None or len(tools) > MOST_TOOLS:
                return [
                    tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools
                ]
    raise wrong(url, f"its list has more than {_MOST_PAGES} pages", "D104")


class _Wire:
    """The way to the server: what comes is counted, and what it answers is noted."""

    def __init__(self) -> None:
        self._status = 0
        self._bytes = 0
        self._excess: UsageError | None = None

    def client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
        **_options: object,
    ) -> httpx2.AsyncClient:
        """A client of HTTP as the protocol's client wants it. It follows no redirects."""
        plain = {**(headers or {}), "accept-encoding": "identity"}
        hooks: dict[str, list[Any]] = {"response": [self._note]}
        return httpx2.AsyncClient(headers=plain, timeout=timeout, auth=auth, event_hooks=hooks)

    async def _note(self, response: httpx2.Response) -> None:
        self._status = response.status_code
        if response.headers.get("content-encoding", "identity") != "identity":
            self.exceeded(
                str(response.request.url), "it answers compressed, which nobody asked for"
            )
        stream = cast(httpx2.AsyncByteStream, response.stream)
        response.stream = _Counted(stream, self, str(response.request.url))

    def count(self, url: str, size: int) -> None:
        """Raises `UsageError` when it is too much in all."""
        self._bytes += size
        if self._bytes > LARGEST_FILE:
            self.exceeded(url, f"it answers more than {LARGEST_FILE} bytes")

    def exceeded(self, url: str, message: str) -> None:
        """Raises `UsageError`, and remembers it: others may swallow it on its way."""
        self._excess = wrong(url, message, "D104")
        raise self._excess

    def refusal(self, url: str, failed: Exception) -> UsageError:
        """What to say of a failure."""
        if self._excess is not None:
            return self._excess
        if isinstance(failed, UsageError):
            return failed
        if self._status in _REFUSED:
            message = f"it refuses us (HTTP {self._status}); give a key with --old-key or --new-key"
            return wrong(url, message, "D102")
        if not self._status:
            return wrong(url, f"cannot be reached: {_reason(failed)}", "D101")
        said = f"HTTP {self._status}; " if self._status >= _FIRST_ERROR else ""
        return wrong(url, f"is no MCP server that we understand: {said}{_reason(failed)}", "D103")


class _Counted(httpx2.AsyncByteStream):
    """A body whose bytes are counted."""

    def __init__(self, inner: httpx2.AsyncByteStream, wire: _Wire, url: str) -> None:
        self._inner, self._wire, self._url = inner, wire, url

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._wire.count(self._url, len(chunk))
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


def _reason(failed: BaseException) -> str:
    """The first line of the error at the bottom."""
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    lines = str(failed).splitlines() or [type(failed).__name__]
    return printable(lines[0])[:_LONGEST]
