"""The text of a server file, and places in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from handrail.diagnostic import Diagnostic, Key, Place, Severity
from handrail.errors import SpecError

LARGEST_FILE = 4 * 1024**2
"""Bytes in a server file."""


FIRST = "handrail new writes one."
EMPTY = "handrail new writes a whole one, once this one is out of its way."


class Format(StrEnum):
    """The languages of server files, by extension."""

    TOML = ".toml"
    YAML = ".yaml"
    YML = ".yml"
    JSON = ".json"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a key and its value begin, in characters from the start of the text."""

    key: int
    value: int


Spots = Mapping[tuple[Key, ...], Spot]
"""Where everything in a file is, by key path."""


@dataclass(frozen=True, slots=True)
class Source:
    """A server file as text. Without a format it is a module that Python has read."""

    file: Path
    format: Format | None
    text: str

    def place(self, offset: int) -> Place:
        """The line and the column of a character."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        return Place(self.text.count("\n", 0, offset) + 1, offset - line_start + 1)

    def problem(self, offset: int, code: str, message: str, hint: str | None = None) -> Diagnostic:
        """An error at a character."""
        place = self.place(offset)
        return Diagnostic(self.file, place, Severity.ERROR, code, message, hint)


def twice(source: Source, key: str, first: int, second: int) -> Diagnostic:
    """The error for a key that is there twice."""
    line = source.place(first).line
    return source.problem(second, "E107", f'"{key}" is given twice; the first is in line {line}')


def open_source(file: Path) -> Source:
    """Read the text of `file`. Raises `SpecError` when there is none to read."""
    language = _language(file)
    raw = _bytes(file)
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _unreadable(file, "E105", "begins with a byte order mark", "Save it without one.")
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        before = Source(file, language, raw[: wrong.start].decode())
        message = f"not UTF-8: byte 0x{raw[wrong.start]:02x}"
        raise SpecError([before.problem(len(before.text), "E105", message)]) from None
    if not text.strip():
        raise _unreadable(file, "E109", "the file is empty", EMPTY)
    return Source(file, language, text)


def _language(file: Path) -> Format:
    try:
        return Format(file.suffix)
    except ValueError:
        known = ", ".join(Format)
        message = f'"{file.name}" does not say its language; its name must end in one of {known}'
        raise _unreadable(file, "E108", message) from None


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _unreadable(file, "E104", "there is no such file", FIRST) from None
    except OSError as wrong:
        reason = (wrong.strerror or "input error").lower()
        raise _unreadable(file, "E104", f"cannot be read: {reason}") from None
    if len(raw) > LARGEST_FILE:
        raise _unreadable(file, "E104", f"larger than {LARGEST_FILE} bytes")
    return raw


def _unreadable(file: Path, code: str, message: str, hint: str | None = None) -> SpecError:
    return SpecError([Diagnostic(file, Place(), Severity.ERROR, code, message, hint)])
