"""Serving over streamable HTTP at `/mcp`, until we are told to stop."""

from __future__ import annotations

import asyncio
import ipaddress
from types import FrameType

import uvicorn
from fastmcp import FastMCP
from starlette.middleware import Middleware

from handrail.errors import UsageError
from handrail.mcp.disconnect import NoticeDisconnect
from handrail.meter.traffic import Traffic

PATH = "/mcp"


class _Server(uvicorn.Server):
    """uvicorn, draining the traffic when it is told to stop."""

    def __init__(self, config: uvicorn.Config, traffic: Traffic, drain_seconds: float) -> None:
        super().__init__(config)
        self._traffic = traffic
        self._drain_seconds = drain_seconds
        self._stopping: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal stops at once."""
        if self._stopping is not None:
            self.force_exit = True
            return
        self._stopping = asyncio.get_running_loop().create_task(self._stop())

    async def _stop(self) -> None:
        # Listening goes on meanwhile: a new call is told `draining`, not refused by the kernel.
        await self._traffic.drain(self._drain_seconds)
        self.should_exit = True


async def serve_http(
    server: FastMCP, traffic: Traffic, host: str, port: int, drain_seconds: float
) -> None:
    """Serve until SIGTERM or SIGINT; calls in flight get their time."""
    app = server.http_app(
        path=PATH,
        middleware=[Middleware(NoticeDisconnect)],
        host_origin_protection=True,
        allowed_hosts=[host],
    )
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    await _Server(config, traffic, drain_seconds).serve()


def refuse_unless_loopback(host: str) -> None:
    """Raise `UsageError` for an address that other machines can reach.

    This version has no authentication, and nobody would want that.
    """
    if not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and this server has no authentication",
            hint="Serve on 127.0.0.1, behind a proxy that authenticates.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
