"""Every path that a command line names stays in the workspace, and spares what is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from handrail.errors import Denied, PathOutsideWorkspace
from handrail.plan.access import Access
from handrail.plan.host import STATE_FOLDER
from handrail.plan.paths import confine
from handrail.profiles.reading import Reading, Use
from handrail.profiles.role import Role

_READ = frozenset({Role.READ, Role.LISTS, Role.LOAD, Role.FOLDER, Role.LOCAL})
_WRITTEN = frozenset({Role.WRITE, Role.LOCAL_WRITE, Role.DESTROY})
_STREAMS = frozenset({"-", "/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr"})
"""Names of what the command has open already, and of nothing."""
_KEPT = frozenset({".git", STATE_FOLDER})


@dataclass(frozen=True, slots=True)
class Spots:
    """The bounds of the paths in one argument of a call.

    `declared`: the tool names what it may write, so that folders like `.git` may be among it.
    """

    workspace: Path
    access: Access
    declared: bool
    field: str

    def confine(self, reading: Reading, cwd: Path) -> None:
        """Raises `PathOutsideWorkspace`, and `Denied` for what is kept or hidden."""
        program = reading.path[0]
        for use in reading.uses:
            path = _path(use, cwd)
            if path is None:
                continue
            end = self._inside([*use.folders, path], cwd, f"{_words(use)} of {program}")
            if use.role in _WRITTEN:
                self._spare(end, use, program)
            elif any(end.is_relative_to(hidden) for hidden in self.access.hidden):
                raise Denied(f"{_words(use)} of {program} names a file that no command may read")

    def _inside(self, steps: list[str], cwd: Path, words: str) -> Path:
        here = cwd
        try:
            for step in steps:
                here = confine(str(here / step), self.workspace, field=self.field)
        except PathOutsideWorkspace as outside:
            message = f"{words} leads outside the workspace"
            raise PathOutsideWorkspace(message, field=self.field, hint=outside.hint) from None
        return here

    def _spare(self, path: Path, use: Use, program: str) -> None:
        """Refuse to write what is kept: by what is there, and by name where nothing is yet."""
        kept = any(
            path.is_relative_to(one) or (use.role is Role.DESTROY and one.is_relative_to(path))
            for one in self.access.kept
        )
        named = not self.declared and not _KEPT.isdisjoint(path.relative_to(self.workspace).parts)
        if kept or named:
            raise Denied(
                f"{_words(use)} of {program} would write what is kept",
                hint="Repositories (.git), the state folder and the server file are never written.",
            )


def _words(use: Use) -> str:
    """How to speak of it, without the path: that may lie outside."""
    return "an operand" if use.name == "operand" else f"`{use.name}`"


def _path(use: Use, cwd: Path) -> str | None:
    """The path that a use names; None when it names none."""
    value = use.value
    if value is None:
        return None
    if use.role in _READ | _WRITTEN:
        is_stream = value in _STREAMS and use.role is not Role.DESTROY
        return None if is_stream else value
    if use.role is Role.SENDS:
        return value[1:] if value.startswith("@") and value != "@-" else None
    if use.role is Role.PATH:
        return None if value.startswith(":") else value
    if use.role is Role.MAYBE:
        leads = value.startswith("/") or ".." in value.split("/")
        return value if leads or os.path.lexists(cwd.joinpath(*use.folders, value)) else None
    return None
