"""A client that hangs up ends its call.

On protocol 2026-07-28 the framework cancels such a call. On 2025-11-25 over HTTP it lets it
run to the end: a disconnected client might resume. Nothing can be resumed here, for no event
store is configured, so nobody could ever read the answer; see docs/decisions/.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastmcp.server.dependencies import get_http_request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_GONE = "handrail.gone"


class NoticeDisconnect:
    """ASGI middleware that remembers, in the request's scope, that the client has hung up."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        gone = scope[_GONE] = asyncio.Event()

        async def noticing() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                gone.set()
            return message

        await self.app(scope, noticing, send)


@asynccontextmanager
async def on_hang_up(stop: Callable[[], None]) -> AsyncIterator[None]:
    """Call `stop` when the current request's client hangs up meanwhile."""
    gone = _gone()
    if gone is None:
        yield
        return
    watch = asyncio.create_task(_watch(gone, stop))
    try:
        yield
    finally:
        watch.cancel()


async def _watch(gone: asyncio.Event, stop: Callable[[], None]) -> None:
    await gone.wait()
    stop()


def _gone() -> asyncio.Event | None:
    try:
        event = get_http_request().scope.get(_GONE)
    except RuntimeError:
        return None
    return event if isinstance(event, asyncio.Event) else None
