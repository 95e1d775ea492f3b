"""`handrail serve --builder`: the builder on stdio, until the client goes."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path

import structlog

from handrail.errors import UsageError
from handrail.mcp.stdio import serve_stdio
from handrail.meter.traffic import Traffic
from handrail.scaffold.builder.server import build_server
from handrail.scaffold.extra import needs_wizard

_PATIENCE_SECONDS = 10.0
"""How long calls may take whose client has said all that it had to say."""
_log = structlog.stdlib.get_logger("handrail.builder")


def serve_builder(folder: Path) -> None:
    """Serve until told to stop. Raises `UsageError` where no server file can be built."""
    with needs_wizard():
        import_module("tomlkit")
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", hint="Name one that is there: --folder DIR.")
    asyncio.run(_serve(folder.resolve()))


async def _serve(folder: Path) -> None:
    _log.info("serving the builder", folder=str(folder))
    await serve_stdio(build_server(folder), Traffic(), _PATIENCE_SECONDS)
    _log.info("stopped")
