"""A server file on this machine becomes a running server, on stdio or HTTP."""

from __future__ import annotations

import structlog

from handrail.call import open_line
from handrail.mcp.http import refuse_unless_loopback, serve_http
from handrail.mcp.server import build_server
from handrail.mcp.stdio import serve_stdio
from handrail.plan.host import Host
from handrail.record.logbook import Logbook
from handrail.spec.server import ServerSpec

_log = structlog.stdlib.get_logger("handrail.serve")


async def serve(
    spec: ServerSpec, host: Host, address: tuple[str, int] | None, drain_seconds: float
) -> None:
    """Serve until told to stop: over HTTP at `address`, or on stdio.

    Raises `ConfinementUnavailable` and `UsageError` before anything is served.
    """
    if address is not None:
        refuse_unless_loopback(address[0])
    async with open_line(spec, host, Logbook()) as line:
        server = build_server(line)
        _log.info(
            "serving",
            server=spec.server.name,
            tools=len(spec.tools),
            workspace=str(host.workspace),
            tier=line.tier.value,
            transport="stdio" if address is None else f"http://{address[0]}:{address[1]}/mcp",
        )
        if address is None:
            await serve_stdio(server, line.traffic, drain_seconds)
        else:
            await serve_http(server, line.traffic, *address, drain_seconds)
    _log.info("stopped")
