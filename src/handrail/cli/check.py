"""`handrail check`: everything that is wrong with a server file, in one pass."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from handrail.cli import streams
from handrail.cli.diagnostics import Format, line, render, summary
from handrail.cli.fixing import fix as correct
from handrail.diagnostic import Diagnostic, Severity
from handrail.examining import Examination, examine, of_age
from handrail.lint.security import security
from handrail.plan.exchangeable import exchangeable
from handrail.spec.find import find

_ROUNDS = 3
"""What is dangerous is judged when nothing is misspelt any more."""


def check(
    file: Path | None = None, *, format: Format = "text", fix: bool = False, diff: bool = False
) -> int:
    """Find everything that is wrong with a server file, or dangerous in it, without serving it.

    Parameters
    ----------
    file
        The server file; by default `handrail.toml` in this folder or the nearest parent.
    format
        How to print what was found.
    fix
        Correct what needs no judgement, in the file itself; what changed goes to stderr.
    diff
        Only show what --fix would change.
    """
    path = find(Path.cwd()) if file is None else file
    diagnostics = diagnostics_of(examine(path, of_age))
    for _ in range(_ROUNDS if fix or diff else 0):
        if not correct(path, diagnostics, write=fix and not diff):
            break
        diagnostics = diagnostics_of(examine(path, of_age))
    return say_diagnostics(diagnostics, format)


def say_diagnostics(diagnostics: Sequence[Diagnostic], format: Format) -> int:
    """Print what was found; the exit code."""
    if format == "text" and sys.stdout.isatty():
        _print_in_colour(diagnostics)
    else:
        sys.stdout.write(render(diagnostics, format))
    streams.note(summary(diagnostics))
    return 2 if any(one.is_error for one in diagnostics) else 0


def diagnostics_of(found: Examination) -> list[Diagnostic]:
    """What is wrong on this machine, and what is dangerous on any."""
    spec = found.reading.spec
    if spec is None:
        return found.diagnostics
    machine = exchangeable(found.host, spec) if found.host is not None else ()
    dangerous = found.reading.locate(security(spec, found.reading.file.absolute().parent, machine))
    return sorted(
        [*found.diagnostics, *dangerous], key=lambda one: (one.place.line, one.place.column)
    )


def _print_in_colour(diagnostics: Sequence[Diagnostic]) -> None:
    # Only a terminal needs it, and it takes a while to import.
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for one in (each for each in diagnostics if each.silenced is None):
        where, _, _ = line(one).partition(f" {one.severity}[")
        colour = "bold red" if one.severity is Severity.ERROR else "bold yellow"
        kind = f"{one.severity}[{one.code}]"
        console.print(Text.assemble((where, "bold"), " ", (kind, colour), " ", one.message))
        if one.hint:
            console.print(Text(f"    hint: {one.hint}", style="dim"))
