"""Every path that a command line names stays in the workspace, and spares what is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
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
_SOURCES = frozenset({"/dev/zero", "/dev/random", "/dev/urandom"})
_CHANGES = frozenset({Role.WRITES, Role.DESTROYS})
"""Switches that make a program write what it otherwise reads."""
_DESTROYS = "destroys below a folder that holds what is kept"
_KEPT = frozenset({".git", STATE_FOLDER})


@dataclass(frozen=True, slots=True)
class Spots:
    """The bounds of the paths in one argument of a call."""

    workspace: Path
    access: Access
    field: str

    def confine(self, reading: Reading, cwd: Path) -> Iterator[Use]:
        """What only confinement keeps, of all that the command names.

        Raises `PathOutsideWorkspace`, and `Denied` for what is kept or hidden.
        """
        roles, program = {use.role for use in reading.uses}, reading.path[0]
        for use in reading.uses:
            path = _path(use, cwd)
            if path is None:
                continue
            what = f"{_words(use)} of {program}"
            end = self._inside([*use.folders, path], cwd, what)
            if use.role in _WRITTEN or not roles.isdisjoint(_CHANGES):
                self._spare(end, what)
            if use.role is Role.DESTROY and self._holds(end):
                raise _kept(what)
            if Role.DESTROYS in roles and self._holds(end):
                yield Use(
                    Role.LEANS, program, "destroys below a folder that holds what is kept", use.at
                )
            if any(end.is_relative_to(hidden) for hidden in self.access.hidden):
                raise Denied(f"{what} names a file that no command may read")

    def _inside(self, steps: list[str], cwd: Path, words: str) -> Path:
        here = cwd
        try:
            for step in steps:
                here = confine(str(here / step), self.workspace, field=self.field)
        except PathOutsideWorkspace as outside:
            message = f"{words} leads outside the workspace"
            raise PathOutsideWorkspace(message, field=self.field, hint=outside.hint) from None
        return here

    def _spare(self, path: Path, what: str) -> None:
        """Refuse to write what is kept: by what is there, and by name where nothing is yet.

        By name also where the tool may write `.git`: that is for git to do, and for nobody who
        wants a hook there.
        """
        for end in (path, Path(os.path.realpath(path))):
            below = end.relative_to(self.workspace).parts if self._has(end) else ()
            if not _KEPT.isdisjoint(below) or any(
                end.is_relative_to(one) for one in self.access.kept
            ):
                raise _kept(what)

    def _has(self, path: Path) -> bool:
        return path.is_relative_to(self.workspace)

    def _holds(self, folder: Path) -> bool:
        """Whether what is kept lies in a folder."""
        return any(one.is_relative_to(folder) for one in self.access.kept)


def _kept(what: str) -> Denied:
    return Denied(
        f"{what} would write what is kept",
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
        harmless = _STREAMS | _SOURCES if use.role is Role.READ else _STREAMS
        return None if value in harmless and use.role is not Role.DESTROY else value
    if use.role is Role.SENDS:
        return value[1:] if value.startswith("@") and value != "@-" else None
    if use.role is Role.PATH:
        return None if value.startswith(":") else value
    if use.role is Role.MAYBE:
        leads = value.startswith("/") or ".." in value.split("/")
        return value if leads or os.path.lexists(cwd.joinpath(*use.folders, value)) else None
    return None
