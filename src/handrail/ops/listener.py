"""The ops listener: a small HTTP server in a thread of its own.

It answers when the server's loop is stuck, and says so; and whoever looks at it, however often,
takes no turns of the loop in which calls are made.
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

_MOST_AT_ONCE = 1024
_STOP_SECONDS = 5.0


@contextmanager
def listening(address: tuple[str, int], routes: Sequence[BaseRoute]) -> Iterator[None]:
    """Serve `routes` at `address` meanwhile. Raises `UsageError` when it is not to be had."""
    with _listener(*address) as listener:
        server = uvicorn.Server(_config(Starlette(routes=list(routes))))
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
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
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
            hint="Choose another port: --ops HOST:PORT, or telemetry.ops in the server file.",
        ) from None
