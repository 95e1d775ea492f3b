"""The command line's entry: one command per file, one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError

from handrail.cli import streams
from handrail.errors import CallError, HandrailError, SpecError

_OTHERS = {"win32": "Windows", "darwin": "macOS"}
_COMMANDS = {
    "serve": "handrail.cli.serve:serve",
    "check": "handrail.cli.check:check",
    "call": "handrail.cli.call:call",
    "explain": "handrail.cli.explain:explain",
    "inspect": "handrail.cli.inspect:inspect",
    "packs": "handrail.cli.packs:packs",
    "health": "handrail.cli.health:health",
    "console": "handrail.cli.console:console",
    "top": "handrail.cli.top:top",
    "key": "handrail.cli.key:key",
    "audit": "handrail.cli.audit:audit",
    "doctor": "handrail.cli.doctor:doctor",
    "schema": "handrail.cli.schema:schema",
    "new": "handrail.cli.new:new",
    "questions": "handrail.cli.questions:questions",
    "add": "handrail.cli.add:add",
    "eject": "handrail.cli.eject:eject",
    "update": "handrail.cli.update:update",
    "client": "handrail.cli.client:client",
    "diff": "handrail.cli.diff:diff",
}


def build_app() -> App:
    """The command line, with every command in it; each is imported when it is used."""
    app = App(
        name="handrail",
        help="Turn a declaration of what agents may do into a production MCP server.",
        version=version("handrail"),
        result_action="return_value",
    )
    for name, where in _COMMANDS.items():
        app.command(where, name=name)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 findings or a failed call, 2 wrong usage or file."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    if sys.platform != "linux":
        streams.complain(
            f"handrail does not run on {_OTHERS.get(sys.platform, sys.platform)}: "
            "it confines commands by means of Linux",
            hint="Run it in a Linux container, or in WSL 2.",
        )
        return 2
    return guarded(build_app(), arguments)


def guarded(app: App, arguments: Sequence[str] | None = None) -> int:
    """Run one command of `app`; errors become words and exit codes."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as wrong:
        streams.complain(str(wrong), hint="handrail --help lists the commands.")
        return 2
    except SpecError as wrong:
        streams.complain_all(wrong.diagnostics)
        return 2
    except HandrailError as wrong:
        code_name = f"{wrong.code}: " if isinstance(wrong, CallError) else ""
        streams.complain(f"{code_name}{wrong.message}", hint=wrong.hint)
        return 2
    except KeyboardInterrupt:
        return 130
    return code if isinstance(code, int) else 0
