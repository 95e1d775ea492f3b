"""The command line's entry: one command per file, one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError, Group

from handrail.cli import streams
from handrail.errors import CallError, HandrailError, SpecError

_OTHERS = {"win32": "Windows", "darwin": "macOS"}
_COMMANDS = {
    "Declare": ("new", "add", "packs", "questions", "schema"),
    "Look": ("check", "explain", "inspect", "diff", "doctor"),
    "Serve": ("serve", "call", "client"),
    "Operate": ("health", "top", "console", "key", "audit"),
    "Own the code": ("eject", "update"),
}


def build_app() -> App:
    """The command line, with every command in it; each is imported when it is used."""
    app = App(
        name="handrail",
        help="Turn a declaration of what agents may do into a production MCP server.",
        version=version("handrail"),
        result_action="return_value",
    )
    for title, names in _COMMANDS.items():
        group = Group.create_ordered(title)
        for order, name in enumerate(names):
            app.command(f"handrail.cli.{name}:{name}", name=name, group=group, sort_key=order)
    app["--help"].group = app["--version"].group = Group.create_ordered("Options")
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
    words = sys.argv[1:] if arguments is None else arguments
    app = build_app()
    if not words or words[0] in app.help_flags:
        app.resolved_commands()  # what a command says of itself is known once it is imported
    return guarded(app, words)


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
