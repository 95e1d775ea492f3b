"""Serving over streamable HTTP at `/mcp`, until we are told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, cast
from urllib.parse import urlsplit

import uvicorn
from fastmcp import FastMCP
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from handrail.errors import UsageError
from handrail.mcp.connection import Connection, Connections
from handrail.mcp.disconnect import NoticeDisconnect
from handrail.mcp.retry_after import RetryAfter
from handrail.meter.traffic import Traffic
from handrail.spec.http import HttpTable

PATH = "/mcp"
_LARGEST_BODY_BYTES = 16 * 1024**2
_LARGEST_HEADERS_BYTES = 65_536
_STREAM = socket.SOCK_STREAM
_WAITING_CONNECTIONS = 2048
_MOST_CONNECTIONS, _SHARE_OF_CONNECTIONS = 8192, 2
_ONE_WORD_SECONDS = 0.5
"""Signals that come together are one: timeout(1) tells the process, and then its group."""


class _Server(uvicorn.Server):
    """uvicorn, draining the traffic when it is told to stop."""

    def __init__(
        self, config: uvicorn.Config, app: Starlette, traffic: Traffic, drain_seconds: float
    ) -> None:
        super().__init__(config)
        self._app = app
        self.server_state = Connections(_MOST_CONNECTIONS, _SHARE_OF_CONNECTIONS)
        self._traffic = traffic
        self._drain_seconds = drain_seconds
        self._stopping: asyncio.Task[None] | None = None
        self._told_at = 0.0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and take bodies so large that a too long argument is refused by its name."""
        await super().startup(sockets)
        _take_large_bodies(self._app)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; the application ends also when nothing more is waited for."""
        await super().shutdown(sockets)
        if self.force_exit:
            # uvicorn leaves it as it is then, and it would be torn down with the loop, complaining.
            await self.lifespan.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal, a moment later, stops at once."""
        loop = asyncio.get_running_loop()
        if self._stopping is None:
            self._told_at = loop.time()
            self._stopping = loop.create_task(self._stop())
        elif loop.time() - self._told_at > _ONE_WORD_SECONDS:
            self.should_exit = self.force_exit = True
            loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        # So that calls end as those do that nobody waits for; their answers would break off.
        for connection in list(self.server_state.connections):
            cast("Connection", connection).transport.abort()

    async def _stop(self) -> None:
        # Listening goes on meanwhile: a new call is told `draining`, not refused by the kernel.
        await self._traffic.drain(self._drain_seconds)
        self.should_exit = True


def _take_large_bodies(app: Starlette) -> None:
    # The SDK takes 4 MiB, and can be told otherwise; FastMCP does not hand that on.
    for route in app.routes:
        manager = getattr(getattr(route, "endpoint", None), "session_manager", None)
        if isinstance(manager, StreamableHTTPSessionManager):
            manager.asgi_app.max_body_size = _LARGEST_BODY_BYTES


async def serve_http(
    server: FastMCP,
    traffic: Traffic,
    door: Door,
    drain_seconds: float,
    routes: Sequence[BaseRoute],
) -> None:
    """Serve until SIGTERM or SIGINT; calls in flight get their time.

    `routes` are served beside `/mcp`, to everybody.
    """
    app = server.http_app(
        path=PATH,
        middleware=[Middleware(NoticeDisconnect), Middleware(RetryAfter)],
        # As JSON, answers would come without progress, and a cancelled call would run on.
        json_response=False,
        stateless_http=False,
        host_origin_protection=True,
        allowed_hosts=_hosts(server, door),
        allowed_origins=_origins(server, door),
    )
    app.router.routes.extend(routes)
    config = uvicorn.Config(
        _behind_proxies(app, door),
        http=Connection,
        h11_max_incomplete_event_size=_LARGEST_HEADERS_BYTES,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        **door.certificate,  # type: ignore[arg-type]  # they are the two of TLS
    )
    await _Server(config, app, traffic, drain_seconds).serve(list(door.listeners))


def _behind_proxies(app: ASGIApp, door: Door) -> ASGIApp:
    """Who asks, and how, is heard from those whom the file names, and from nobody else.

    Who it is that says so is looked at first: then the peer is still the connection's own.
    """
    if door.table.proxies:
        # uvicorn and Starlette have types of their own for the same thing.
        app = cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", app), list(door.table.proxies)))
    if door.signed_in is not None:
        app = door.signed_in(app)
    return app


def _hosts(server: FastMCP, door: Door) -> list[str]:
    """What clients may call us.

    Where they must prove who they are, anything: behind a proxy we cannot know our names, and a
    page that made a browser take us for its own host (DNS rebinding) would have no token. Where
    a proxy says who they are, no token is needed, and such a page could come from its address.
    """
    if server.auth is not None and door.signed_in is None:
        return ["*"]
    own = [str(listener.getsockname()[0]) for listener in door.listeners]
    return [*own, *door.table.hosts]


def _origins(server: FastMCP, door: Door) -> list[str]:
    """Where pages come from that may ask: ours, on which people sign in, and those of the file."""
    if server.auth is None or server.auth.base_url is None:
        return [*door.table.origins]
    parts = urlsplit(str(server.auth.base_url))
    return [f"{parts.scheme}://{parts.netloc}", *door.table.origins]


@dataclass(frozen=True, slots=True)
class Door:
    """How a server is reached: where it listens, as the file says, with which certificate."""

    listeners: Sequence[socket.socket]
    table: HttpTable
    certificate: Mapping[str, Path]
    """What uvicorn is told of it; nothing when connections are in the clear."""
    signed_in: Callable[[ASGIApp], ASGIApp] | None = None
    """Hears of the callers whom a proxy signed in."""

    @property
    def urls(self) -> list[str]:
        """Where clients connect."""
        scheme = "https" if self.certificate else "http"
        return [f"{scheme}://{_authority(one)}{PATH}" for one in self.listeners]


def _authority(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextmanager
def listening(host: str, port: int, *, open_to_all: bool) -> Iterator[list[socket.socket]]:
    """Listen at every address of `host`.

    Raises `UsageError` when it is not to be had; also for an address that other machines can
    reach, unless the server is `open_to_all`, as it may be when callers prove who they are.
    """
    if not open_to_all and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and this server has no authentication",
            hint='Say auth.keys = ".handrail/keys.json" in the server file and make keys with '
            "handrail key new; or serve on 127.0.0.1, behind a proxy that authenticates.",
        )
    with ExitStack() as open_ones:
        try:
            listeners = [
                open_ones.enter_context(_listener(family, address[0], port))
                for family, _, _, _, address in socket.getaddrinfo(host, port, type=_STREAM)
            ]
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host}:{port}: {str(error.strerror).partition(' (')[0]}",
                hint="Choose another port: --http HOST:PORT.",
            ) from None
        yield listeners


def _listener(family: int, host: str | int, port: int) -> socket.socket:
    listener = socket.create_server((str(host), port), family=family, backlog=_WAITING_CONNECTIONS)
    # Connections inherit it. asyncio would set it, but not for a socket that we made: an answer
    # in two writes would wait 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
