"""The ops listener: a small HTTP server in a thread of its own.

It answers when the server's loop is stuck, and says so; and whoever looks at it, however often,
takes no turns of the loop in which calls are made, and hardly any of the descriptors that they
need.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from handrail.errors import UsageError
from handrail.mcp.connection import Connection, Connections

_MOST_AT_ONCE, _SHARE = 1024, 8
_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 5.0


class _Brief(Connection):
    """A connection on which everything is brief.

    Who has not asked and been answered in time, as one who sends a request byte by byte, or does
    not read, is hung up on; and when there are too many, so is who came first, whatever they do.
    """

    is_busy = False
    _end: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Begin to wait for a request."""
        self._end = self.loop.call_later(_ANSWER_SECONDS, transport.abort)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._end.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._end.cancel()
        self._end = self.loop.call_later(_ANSWER_SECONDS, self.transport.abort)
        super().on_response_complete()


@contextmanager
def listening(address: tuple[str, int], routes: Sequence[BaseRoute]) -> Iterator[None]:
    """Serve `routes` at `address` meanwhile. Raises `UsageError` when it is not to be had."""
    with _listener(*address) as listener:
        server = uvicorn.Server(_config(Starlette(routes=list(routes))))
        server.server_state = Connections(_MOST_AT_ONCE, _SHARE)
        thread = Thread(
            target=lambda: asyncio.run(server.serve([listener])), name="handrail-ops", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Brief,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            f"cannot tell health and metrics on {host}:{port}: "
            f"{str(error.strerror).partition(' (')[0]}",
            hint="Choose another address: --ops HOST:PORT, or telemetry.ops in the server file.",
        ) from None
