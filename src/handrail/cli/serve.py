"""`handrail serve`: the server, on stdio or HTTP."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from handrail.errors import UsageError
from handrail.examining import of_age, open_file
from handrail.record.logs import Format, configure_logs

DRAIN_SECONDS = 1.0
Level = Literal["debug", "info", "warning", "error"]
_FRAMEWORK = {
    "FASTMCP_LOG_ENABLED": "false",
    "FASTMCP_CHECK_FOR_UPDATES": "off",
    # It would take settings from a `.env` in the current directory, which may be the workspace.
    "FASTMCP_ENV_FILE": os.devnull,
}
"""Settings of the framework, which reads them when it is imported."""


def serve(
    file: Path | None = None,
    *,
    http: Annotated[str | None, Parameter(name="--http")] = None,
    ops: str | None = None,
    drain: float = DRAIN_SECONDS,
    log_format: Format | None = None,
    log_level: Level = "info",
) -> int:
    """Serve the tools of FILE, on stdio or over streamable HTTP.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    http
        HOST:PORT to serve streamable HTTP on, at /mcp; stdio when left out.
    ops
        HOST:PORT for health, metrics and the console, in place of telemetry.ops.
    drain
        Seconds that calls in flight get to end by themselves at shutdown.
    log_format
        json or plain lines on stderr; plain on a terminal, json elsewhere.
    log_level
        debug, info, warning or error.
    """
    os.environ.update(_FRAMEWORK)
    # It looks for its data folder, to no use here, and fails for a user without name and home.
    os.environ.setdefault("HOME", "/nonexistent")
    address = None if http is None else _address("--http", http)
    ops_address = None if ops is None else _address("--ops", ops)
    # Slow to import, so that is done while the probe of the confinement waits for its processes.
    ahead = threading.Thread(target=_import_ahead)
    ahead.start()
    try:
        opened = open_file(file, of_age)
    finally:
        ahead.join()
    from handrail.mcp.serve import serve as serve_until_stopped
    from handrail.ops.state_folder import make_state_folder
    from handrail.ops.watch import Watch

    configure_logs(log_format or ("plain" if sys.stderr.isatty() else "json"), log_level.upper())
    make_state_folder(opened.host.state)
    watch = Watch(opened.spec, opened.host, ops_address)
    asyncio.run(serve_until_stopped(opened.spec, opened.host, opened.means, address, drain, watch))
    return 0


def _import_ahead() -> None:
    for name in ("handrail.mcp.serve", "handrail.ops.watch"):
        importlib.import_module(name)


def _address(option: str, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        hint = f"For example {option} 127.0.0.1:8000"
        raise UsageError(f"{option} {text}: not HOST:PORT", hint=hint)
    return host.strip("[]"), int(port)
