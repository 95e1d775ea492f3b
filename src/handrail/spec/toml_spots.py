"""Where the keys and values of a TOML text are.

`tomllib` reads and judges, but keeps no places. This scanner finds them afterwards, and only
when there is something to report. It judges nothing, so it can be short.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

from handrail.diagnostic import Key
from handrail.spec.source import Spot

_SKIPPED = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?""""{0,2}' + r"|'''.*?''''{0,2}" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# A date and its time may have a space between them.
_OTHER_VALUE = re.compile(r"[^\s,\]}#]+(?: [0-9]{2}:[^\s,\]}#]+)?")


def scan(text: str) -> Scanner:
    """Walk over `text`, as far as it is TOML."""
    scanner = Scanner(text)
    # Where the text stops being TOML, so does the scan; what was found before is right.
    with suppress(ValueError, RecursionError):
        scanner.document()
    return scanner


def end_of(text: str, start: int) -> int:
    """Where the value that begins at `start` of a valid text ends."""
    scanner = Scanner(text)
    scanner.at = start
    scanner.value(())
    return scanner.at


class Scanner:
    """One walk over the text: `spots` of keys and values, and keys that are there `twice`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[tuple[Key, ...], Spot] = {}
        self.twice: list[tuple[str, int, int]] = []
        self._lengths: dict[tuple[Key, ...], int] = {}
        self._given: dict[tuple[Key, ...], int] = {}

    def document(self) -> None:
        """Walk to the end. Raises `ValueError` where the text is not TOML."""
        table: tuple[Key, ...] = ()
        self._skip(_SKIPPED)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SKIPPED)

    def _header(self) -> tuple[Key, ...]:
        start = self.at
        brackets = "[[" if self.text.startswith("[[", start) else "["
        self.at += len(brackets)
        self._skip(_BLANK)
        parts = self._dotted()
        self._skip(_BLANK)
        for _ in brackets:
            self._expect("]")
        path = self._enter((), parts[:-1], start)
        name, offset = parts[-1]
        path = (*path, name)
        if brackets == "[":
            path = self._element(path)
            self._note(path, offset, start)
            return path
        self.spots.setdefault(path, Spot(offset, start))
        self._lengths[path] = self._lengths.get(path, 0) + 1
        path = self._element(path)
        self.spots[path] = Spot(start, start)
        return path

    def _pair(self, table: tuple[Key, ...]) -> None:
        parts = self._dotted()
        self._skip(_BLANK)
        self._expect("=")
        self._skip(_BLANK)
        path = self._enter(table, parts[:-1], None)
        name, offset = parts[-1]
        path = (*path, name)
        self._note(path, offset, self.at)
        self.value(path)

    def _enter(
        self, path: tuple[Key, ...], parts: list[tuple[str, int]], value: int | None
    ) -> tuple[Key, ...]:
        """Walk through parents that need no header of their own."""
        for name, offset in parts:
            path = (*path, name)
            self.spots.setdefault(path, Spot(offset, offset if value is None else value))
            path = self._element(path)
        return path

    def _element(self, path: tuple[Key, ...]) -> tuple[Key, ...]:
        """The newest element, when `path` is an array of tables."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _note(self, path: tuple[Key, ...], key: int, value: int) -> None:
        if path in self._given:
            self.twice.append((str(path[-1]), self._given[path], key))
            return
        self._given[path] = key
        self.spots[path] = Spot(key, value)

    def _dotted(self) -> list[tuple[str, int]]:
        parts = [self._key()]
        while dot := _DOT.match(self.text, self.at):
            self.at = dot.end()
            parts.append(self._key())
        return parts

    def _key(self) -> tuple[str, int]:
        start = self.at
        if bare := _BARE_KEY.match(self.text, start):
            self.at = bare.end()
            return bare[0], start
        quoted = self._match(_STRING)
        return str(tomllib.loads(f"key = {quoted}")["key"]), start

    def value(self, path: tuple[Key, ...]) -> None:
        """Walk over the value here, which `path` leads to."""
        match self.text[self.at : self.at + 1]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._match(_STRING)
            case _:
                self._match(_OTHER_VALUE)

    def _array(self, path: tuple[Key, ...]) -> None:
        self._expect("[")
        index = 0
        self._skip(_SKIPPED)
        while not self.text.startswith("]", self.at):
            item = (*path, index)
            self.spots[item] = Spot(self.at, self.at)
            self.value(item)
            index += 1
            self._skip(_SKIPPED)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_SKIPPED)
        self.at += 1

    def _inline_table(self, path: tuple[Key, ...]) -> None:
        self._expect("{")
        # TOML 1.1 allows line breaks and comments here.
        self._skip(_SKIPPED)
        while not self.text.startswith("}", self.at):
            self._pair(path)
            self._skip(_SKIPPED)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_SKIPPED)
        self.at += 1

    def _skip(self, what: re.Pattern[str]) -> None:
        if found := what.match(self.text, self.at):
            self.at = found.end()

    def _match(self, what: re.Pattern[str]) -> str:
        found = what.match(self.text, self.at)
        if found is None:
            raise ValueError("not TOML")
        self.at = found.end()
        return found[0]

    def _expect(self, character: str) -> None:
        if not self.text.startswith(character, self.at):
            raise ValueError("not TOML")
        self.at += 1
