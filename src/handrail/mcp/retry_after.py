"""A refusal that says when to try again says so to HTTP, too, where that can still be said.

A refused call is a result, so its status is 200: with another one, clients would throw the result
away. On protocol 2026-07-28 the header can be sent, for nothing else was sent before; on
2025-11-25 the stream has begun by then.
"""

from __future__ import annotations

import math
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_waits: ContextVar[list[float] | None] = ContextVar("waits", default=None)


def say_retry_after(seconds: float) -> None:
    """Say it in the head of the answer to the request that is served, if there is one."""
    waits = _waits.get()
    if waits is not None:
        waits.append(seconds)


class RetryAfter:
    """Puts `Retry-After` (RFC 9110, 10.2.3) into answers, in whole seconds."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, listening for what is said of waiting."""
        waits: list[float] = []
        _waits.set(waits)

        async def send_with(message: Message) -> None:
            if waits and message["type"] == "http.response.start":
                seconds = str(math.ceil(max(waits))).encode()
                message["headers"] = [*message["headers"], (b"retry-after", seconds)]
            await send(message)

        await self._app(scope, receive, send_with)
