"""Stages without a profile's word: what runs is what a test gives."""

from __future__ import annotations

from pathlib import Path

from handrail.plan.program import Program
from handrail.plan.stage import Stage

Argv = list[str]


def stages(*commands: Argv) -> tuple[Stage, ...]:
    """The stages of a plan: `plan(*first, stages=stages(first, second))`."""
    return tuple(Stage(_program(argv[0]), tuple(argv)) for argv in commands)


def script(text: str) -> Argv:
    """A command of a shell."""
    return ["/bin/sh", "-c", text]


def _program(path: str) -> Program:
    return Program.at(Path(path).name, Path(path))
