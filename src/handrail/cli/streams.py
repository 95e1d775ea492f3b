"""Where words go: data to stdout, everything else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from handrail.diagnostic import Diagnostic


def say(text: str) -> None:
    """Data for whoever called the command."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def note(text: str) -> None:
    """A word to the person at the terminal."""
    sys.stderr.write(f"{text}\n")


def complain(message: str, *, hint: str | None = None) -> None:
    """What is wrong, and what to do about it."""
    note(f"error: {message}")
    if hint:
        note(f"hint: {hint}")


def complain_all(diagnostics: Iterable[Diagnostic]) -> None:
    """Every problem of a file, each on its line."""
    for diagnostic in diagnostics:
        note(str(diagnostic))
