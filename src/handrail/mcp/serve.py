"""A server file on this machine becomes a running server, on stdio or HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from starlette.routing import BaseRoute

from handrail.call import Line
from handrail.mcp.http import Door, listening, serve_http
from handrail.mcp.own import NOTHING_OWN, Own
from handrail.mcp.server import build_server
from handrail.mcp.stdio import serve_stdio
from handrail.mcp.tls import certified
from handrail.opening import open_line
from handrail.plan.host import Host
from handrail.record.audit.keep import audited
from handrail.record.logbook import Logbook
from handrail.record.record import Recorder, Recorders
from handrail.sandbox.means import Means
from handrail.spec.server import ServerSpec

_log = structlog.stdlib.get_logger("handrail.serve")


class Watch(Protocol):
    """Looks on while a line takes calls."""

    @property
    def recorders(self) -> Sequence[Recorder]:
        """Who hears of every call."""

    def on(self, line: Line) -> AbstractAsyncContextManager[Sequence[BaseRoute]]:
        """Look on for as long as that lasts; what to tell of it over HTTP beside `/mcp`."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to serve: over HTTP at `address`, or on stdio; and how long calls may take to end."""

    address: tuple[str, int] | None = None
    drain_seconds: float = 1.0


async def serve(
    spec: ServerSpec, host: Host, means: Means, way: Way, watch: Watch, own: Own = NOTHING_OWN
) -> None:
    """Serve until told to stop; `watch` looks on meanwhile. `own` is what a project adds.

    Raises `ConfinementUnavailable` and `UsageError` before anything is served.
    """
    async with AsyncExitStack() as stack:
        door, auth = None, None
        if way.address is not None:
            certificate = certified(spec.http.tls, host.file.parent)
            listeners = stack.enter_context(listening(*way.address, open_to_all=spec.auth.is_set))
            door = Door(listeners, spec.http, certificate)
        if door is not None and spec.auth.is_set:
            # Takes a while to import, and only servers of many need it.
            from handrail.mcp.auth.opening import open_auth, signed_in_elsewhere

            auth = await stack.enter_async_context(open_auth(spec.auth, host))
            door = replace(door, signed_in=signed_in_elsewhere(spec, host))
        recorders = Recorders((Logbook(), *watch.recorders))
        recorder = await stack.enter_async_context(audited(recorders, spec, host, means.tier))
        async with open_line(spec, host, recorder, means) as line, watch.on(line) as routes:
            server = build_server(line, auth, own)
            _log.info(
                "serving",
                server=spec.server.name,
                tools=len(spec.tools),
                workspace=str(host.workspace),
                tier=line.means.tier.value,
                user=None if host.user is None else host.user.name,
                transport="stdio" if door is None else " ".join(door.urls),
            )
            if door is not None:
                await serve_http(server, line.traffic, door, way.drain_seconds, routes)
            else:
                await serve_stdio(server, line.traffic, way.drain_seconds)
    _log.info("stopped")
