"""Git's configuration format, read as git reads it (git-config(1), "Syntax"; git's config.c).

Where git forgives, so does this, and what git refuses is refused: a key that git sees and this
does not would be a way past all that is turned off by key.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\n\r"
_NAME = (string.ascii_letters + string.digits + "-").encode()
_LETTERS = string.ascii_letters.encode()
_ESCAPES = {ord("t"): 9, ord("b"): 8, ord("n"): 10, ord("\\"): 92, ord('"'): 34}
_END, _QUOTE, _BACKSLASH = ord("\n"), ord('"'), ord("\\")


class Unreadable(Exception):
    """The text is none that git would read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key = value`. Its name has its section and key in small letters.

    `value` is None for a key without `=`, which git takes for true.
    """

    name: str
    value: str | None

    @property
    def section(self) -> str:
        """The first part of the name: `filter` of `filter.lfs.clean`."""
        return self.name.partition(".")[0]

    @property
    def subsection(self) -> str | None:
        """The middle of the name, which may have dots in it; None when there are two parts."""
        return self.name.split(".", 1)[1].rpartition(".")[0] if self.name.count(".") > 1 else None

    @property
    def key(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


def parse(raw: bytes) -> Iterator[Entry]:
    """Every entry of a configuration file, in its order. Raises `Unreadable`."""
    if b"\0" in raw:
        raise Unreadable  # git would end a name there
    return _Reader(raw.removeprefix(_BOM).replace(b"\r\n", b"\n")).entries()


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._base = b""

    @property
    def _ended(self) -> bool:
        """Whether the end was read, as a line's end."""
        return self._at > len(self._raw)

    def _next(self) -> int:
        self._at += 1
        return _END if self._ended else self._raw[self._at - 1]

    def entries(self) -> Iterator[Entry]:
        while not self._ended:
            char = self._next()
            if char in _SPACE:
                continue
            if char in b"#;":
                self._skip_line()
            elif char == ord("["):
                self._base = self._section() + b"."
            elif char in _LETTERS:
                yield self._entry(char)
            else:
                raise Unreadable

    def _skip_line(self) -> None:
        while self._next() != _END:
            pass

    def _section(self) -> bytes:
        name = bytearray()
        while (char := self._next()) != ord("]"):
            if char in _SPACE and not self._ended:
                return bytes(name).lower() + b"." + self._subsection(char)
            if char not in _NAME + b".":
                raise Unreadable
            name.append(char)
        return bytes(name).lower()

    def _subsection(self, char: int) -> bytes:
        while char in _SPACE:
            if char == _END:
                raise Unreadable
            char = self._next()
        if char != _QUOTE:
            raise Unreadable
        name = bytearray()
        while (char := self._next()) != _QUOTE:
            char = self._next() if char == _BACKSLASH else char
            if char == _END:
                raise Unreadable
            name.append(char)
        if self._next() != ord("]"):
            raise Unreadable
        return bytes(name)

    def _entry(self, char: int) -> Entry:
        key = bytearray()
        while char in _NAME:
            key.append(char)
            char = self._next()
        while char in b" \t":
            char = self._next()
        if char not in (_END, ord("=")):
            raise Unreadable
        value = None if char == _END else _text(self._value())
        return Entry(_text(self._base + bytes(key).lower()), value)

    def _value(self) -> bytes:
        value, quoted, kept = bytearray(), False, 0
        while (char := self._next()) != _END:
            if not quoted and char in b"#;":
                self._skip_line()
                break
            if not quoted and char in _SPACE:
                value += bytes([char]) if value else b""
                continue
            if char == _QUOTE:
                quoted = not quoted
            elif char != _BACKSLASH:
                value.append(char)
            elif (char := self._next()) != _END:
                value.append(self._escaped(char))
            kept = len(value)
        if quoted:
            raise Unreadable
        return bytes(value[:kept])

    @staticmethod
    def _escaped(char: int) -> int:
        if char not in _ESCAPES:
            raise Unreadable
        return _ESCAPES[char]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
