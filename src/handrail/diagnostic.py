"""One problem in a server file, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

Key = str | int
"""One step into the file: a table's key, or an index into an array."""


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops the server, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file; lines and columns count from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Rename:
    """A mechanical correction: the key at `at` should be called `to`."""

    at: tuple[Key, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A mechanical correction: the list at `at` lacks `items` before its element `index`."""

    at: tuple[Key, ...]
    index: int
    items: tuple[str, ...]


Fix = Rename | Insert


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at a key path, before the path is turned into a line and a column.

    `at` walks the file as its author wrote it, e.g. `("tool", 0, "args", 3)`. With
    `on_key` the place is that of the last key itself, not of its value.
    """

    at: tuple[Key, ...]
    code: str
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    on_key: bool = False
    fix: Fix | None = None
    silenced: str | None = None
    """Why the author says that it is no problem; None: it is one."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its place: `file:line:col severity[CODE] message`."""

    file: Path
    place: Place
    severity: Severity
    code: str
    message: str
    hint: str | None = None
    fix: Fix | None = None
    silenced: str | None = None
    """Why the author says that it is no problem; None: it is one."""

    @property
    def is_error(self) -> bool:
        """Whether it must be dealt with."""
        return self.severity is Severity.ERROR and self.silenced is None

    def __str__(self) -> str:
        where = f"{self.file}:{self.place.line}:{self.place.column}"
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{where} {self.severity}[{self.code}] {self.message}{hint}"
