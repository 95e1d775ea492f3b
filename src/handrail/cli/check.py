"""`handrail check`: everything that is wrong with a server file, in one pass."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from handrail.cli import streams
from handrail.cli.diagnostics import Format, line, render, summary
from handrail.cli.opening import examine, of_age
from handrail.diagnostic import Diagnostic, Severity


def check(file: Path | None = None, *, format: Format = "text") -> int:
    """Find everything that is wrong with a server file, without serving it.

    Parameters
    ----------
    file
        The server file; by default `handrail.toml` in this folder or the nearest parent.
    format
        How to print what was found.
    """
    diagnostics = examine(file, of_age).diagnostics
    if format == "text" and sys.stdout.isatty():
        _print_in_colour(diagnostics)
    else:
        sys.stdout.write(render(diagnostics, format))
    streams.note(summary(diagnostics))
    return 2 if any(one.severity is Severity.ERROR for one in diagnostics) else 0


def _print_in_colour(diagnostics: Sequence[Diagnostic]) -> None:
    # Only a terminal needs it, and it takes a while to import.
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for one in diagnostics:
        where, _, _ = line(one).partition(f" {one.severity}[")
        colour = "bold red" if one.severity is Severity.ERROR else "bold yellow"
        kind = f"{one.severity}[{one.code}]"
        console.print(Text.assemble((where, "bold"), " ", (kind, colour), " ", one.message))
        if one.hint:
            console.print(Text(f"    hint: {one.hint}", style="dim"))
