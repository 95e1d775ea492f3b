"""The lines of one file that match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from handrail.systems.files.blocks import NoText, blocks_of
from handrail.systems.files.pattern import Pattern

LONGEST_SHOWN = 400
"""Characters of a line that are shown."""
_SHOWN_BEFORE = 100
_CUT = "…"


@dataclass(slots=True)
class Match:
    """A line, counted from 1, with those around it; `lacking` are still to be read."""

    line: int
    text: str
    before: list[str]
    after: list[str]
    lacking: int


@dataclass(slots=True)
class Search:
    """A search of one text: keeps `most` matches after the first `skip`, and counts as far.

    `context` is how many lines to keep around each. With `most` at 0 it counts all.
    """

    pattern: Pattern
    context: int
    skip: int
    most: int
    count: int = 0
    matches: list[Match] = field(default_factory=list)
    _lines: int = 0
    _tail: list[str] = field(default_factory=list)

    def run(self, file: int) -> None:
        """Search an open file, and see all of it. Of a binary one, nothing matches."""
        try:
            for raw in blocks_of(file):
                self._look_through(_Block(raw))
        except NoText:
            self.count = 0
            self.matches.clear()

    @property
    def _is_full(self) -> bool:
        return 0 < self.most <= len(self.matches)

    def _look_through(self, block: _Block) -> None:
        for match in self.matches:
            _complete(match, block, 0)
        if self._is_full:
            return
        if self.pattern.needle in block.raw:
            for line, start, end, at in block.lines_with(self.pattern.regex):
                self.count += 1
                if self.skip < self.count <= self.skip + self.most:
                    self._keep(block, line, start, end, at)
                if self._is_full:
                    break
        self._lines += block.raw.count(b"\n")
        if self.context:
            self._tail = [*self._tail, *block.last(self.context)][-self.context :]

    def _keep(self, block: _Block, line: int, start: int, end: int, at: int) -> None:
        shown = _cut(block.text[start:end], at - start)
        before = [*self._tail, *block.before(start, self.context)]
        kept = before[len(before) - min(self.context, len(before)) :]
        match = Match(self._lines + line, shown, kept, [], self.context)
        _complete(match, block, end + 1)
        self.matches.append(match)


def _complete(match: Match, block: _Block, start: int) -> None:
    if match.lacking:
        found = block.after(start, match.lacking)
        match.after += found
        match.lacking -= len(found)


@dataclass
class _Block:
    """Whole lines of a text, in UTF-8; as `text`, without the carriage returns at their ends."""

    raw: bytes

    @cached_property
    def text(self) -> str:
        return _decoded(self.raw)

    def lines_with(self, regex: re.Pattern[str]) -> Iterator[tuple[int, int, int, int]]:
        """Lines that match: the number, begin and end of each, and where its first match begins."""
        text, position, counted, line = self.text, 0, 0, 1
        while position < len(text) and (found := regex.search(text, position)) is not None:
            start = text.rfind("\n", 0, found.start()) + 1
            if start == len(text):
                return  # behind the end of the last line
            end = self._end(found.start())
            line += text.count("\n", counted, start)
            counted, position = start, end + 1
            yield line, start, end, found.start()

    def before(self, start: int, count: int) -> list[str]:
        """At most `count` lines before the one that begins at `start`."""
        lines: list[str] = []
        while start and len(lines) < count:
            begin = self.text.rfind("\n", 0, start - 1) + 1
            lines.insert(0, _cut(self.text[begin : start - 1]))
            start = begin
        return lines

    def after(self, start: int, count: int) -> list[str]:
        """At most `count` lines from the one on that begins at `start`."""
        lines: list[str] = []
        while start < len(self.text) and len(lines) < count:
            end = self._end(start)
            lines.append(_cut(self.text[start:end]))
            start = end + 1
        return lines

    def last(self, count: int) -> list[str]:
        """The last lines, when it is not the end of the text."""
        lines = self.raw.rsplit(b"\n", count + 1)[:-1]
        return [_cut(_decoded(line).removesuffix("\r")) for line in lines[-count:]]

    def _end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return len(self.text) if end < 0 else end


def _decoded(raw: bytes) -> str:
    return raw.decode(errors="replace").replace("\r\n", "\n")


def _cut(line: str, at: int = 0) -> str:
    """A line, or as much of a long one as is to be shown around `at`."""
    if len(line) <= LONGEST_SHOWN:
        return line
    start = max(0, min(at - _SHOWN_BEFORE, len(line) - LONGEST_SHOWN))
    end = start + LONGEST_SHOWN
    return f"{_CUT if start else ''}{line[start:end]}{_CUT if end < len(line) else ''}"
