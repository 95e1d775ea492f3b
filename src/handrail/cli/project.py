"""The command line of an ejected project: serve what its modules hold, or check it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from handrail.cli.check import diagnostics_of, say_diagnostics
from handrail.cli.diagnostics import Format as Form
from handrail.cli.main import guarded
from handrail.cli.serve import DRAIN_SECONDS, Level, options, prepare_framework
from handrail.cli.serve import run as run_server
from handrail.examining import examine_reading, of_age
from handrail.record.logs import Format

if TYPE_CHECKING:  # slow to import, and only once the framework's settings are settled
    from handrail.project.project import Project


def main(module: str, arguments: Sequence[str] | None = None) -> None:
    """Run the project whose server is in `module`, as PROJECT, and exit.

    Exit codes are those of `handrail`: 0 done, 1 findings, 2 wrong usage or file.
    """
    prepare_framework()

    def project() -> Project:
        found: Project = import_module(module).PROJECT
        return found

    sys.exit(guarded(_app(module.partition(".")[0], project), arguments))


def _app(name: str, project: Callable[[], Project]) -> App:
    app = App(name=name, help="Serve this project's tools.", result_action="return_value")

    def serve(
        *,
        http: Annotated[str | None, Parameter(name="--http")] = None,
        ops: str | None = None,
        drain: float = DRAIN_SECONDS,
        log_format: Format | None = None,
        log_level: Level = "info",
    ) -> int:
        """Serve the tools on stdio, or over streamable HTTP.

        Parameters
        ----------
        http
            HOST:PORT to serve streamable HTTP on, at /mcp; stdio when left out.
        ops
            HOST:PORT for health, metrics and the console.
        drain
            Seconds that calls in flight get to end by themselves at shutdown.
        log_format
            json or plain lines on stderr; plain on a terminal, json elsewhere.
        log_level
            debug, info, warning or error.
        """
        chosen = options(http, ops, drain, log_format, log_level)
        found = project()
        run_server(found.open(), chosen, found.own)
        return 0

    def check(*, format: Form = "text") -> int:
        """Find everything that is wrong with the project's tables, or dangerous in them.

        Parameters
        ----------
        format
            How to print what was found.
        """
        found = project()
        return say_diagnostics(diagnostics_of(examine_reading(found.read(), of_age)), format)

    app.default(serve)
    app.command(serve)
    app.command(check)
    return app
