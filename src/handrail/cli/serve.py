"""`handrail serve`: the server, on stdio or HTTP."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from handrail.errors import UsageError
from handrail.examining import Opened, of_age, open_file
from handrail.record.logs import Format, configure_logs

if TYPE_CHECKING:  # slow to import
    from handrail.mcp.own import Own

DRAIN_SECONDS = 1.0
Level = Literal["debug", "info", "warning", "error"]
_FRAMEWORK = {
    "FASTMCP_LOG_ENABLED": "false",
    "FASTMCP_CHECK_FOR_UPDATES": "off",
    # It would take settings from a `.env` in the current directory, which may be the workspace.
    "FASTMCP_ENV_FILE": os.devnull,
}
"""Settings of the framework, which reads them when it is imported."""


def serve(  # noqa: PLR0913  # one for each option
    file: Path | None = None,
    *,
    http: Annotated[str | None, Parameter(name="--http")] = None,
    ops: str | None = None,
    drain: float = DRAIN_SECONDS,
    log_format: Format | None = None,
    log_level: Level = "info",
    builder: Annotated[bool, Parameter(negative="")] = False,
    folder: Path | None = None,
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
    builder
        Serve tools that write a server file, in place of those of one; on stdio.
    folder
        With --builder: where the server file will be; this folder when left out.
    """
    prepare_framework()
    chosen = options(http, ops, drain, log_format, log_level)
    if builder or folder is not None:
        return _build(chosen, folder, builder=builder, served=(file, http, ops))
    # Slow to import, so that is done while the probe of the confinement waits for its processes.
    ahead = threading.Thread(target=importlib.import_module, args=("handrail.ops.serving",))
    ahead.start()
    try:
        opened = open_file(file, of_age)
    finally:
        ahead.join()
    run(opened, chosen)
    return 0


def _build(
    chosen: Options, folder: Path | None, *, builder: bool, served: tuple[object, ...]
) -> int:
    """Serve the builder, which has no server file and no address."""
    if not builder:
        raise UsageError("--folder is where --builder writes a server file", hint="Add --builder.")
    if any(one is not None for one in served):
        raise UsageError("--builder goes with --folder alone: no FILE, no --http, no --ops")
    from handrail.scaffold.builder.serving import serve_builder

    configure_logs(chosen.log_format, chosen.log_level.upper())
    serve_builder(folder or Path())
    return 0


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve, as the command line says it."""

    address: tuple[str, int] | None
    """Where to serve streamable HTTP; None for stdio."""
    ops_address: tuple[str, int] | None
    """Where the ops listener is, in place of the one in the server file."""
    drain_seconds: float
    log_format: Format
    log_level: Level


def options(
    http: str | None, ops: str | None, drain: float, log_format: Format | None, log_level: Level
) -> Options:
    """What the options of the command line mean. Raises `UsageError` for what is no address."""
    address = None if http is None else _address("--http", http)
    ops_address = None if ops is None else _address("--ops", ops)
    form: Format = log_format or ("plain" if sys.stderr.isatty() else "json")
    return Options(address, ops_address, drain, form, log_level)


def prepare_framework() -> None:
    """Settle what the framework reads from the environment; before it is imported."""
    os.environ.update(_FRAMEWORK)
    # It looks for its data folder, to no use here, and fails for a user without name and home.
    os.environ.setdefault("HOME", "/nonexistent")


def run(opened: Opened, chosen: Options, own: Own | None = None) -> None:
    """Serve until told to stop; `own` is what a project adds."""
    from handrail.mcp.own import NOTHING_OWN
    from handrail.mcp.serve import Way
    from handrail.ops.serving import serve as serve_until_stopped

    configure_logs(chosen.log_format, chosen.log_level.upper())
    way = Way(chosen.address, chosen.drain_seconds)
    serve_until_stopped(opened, way, chosen.ops_address, own or NOTHING_OWN)


def _address(option: str, text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        hint = f"For example {option} 127.0.0.1:8000"
        raise UsageError(f"{option} {text}: not HOST:PORT", hint=hint)
    return host.strip("[]"), int(port)
