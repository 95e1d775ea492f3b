"""Where lines begin and end in a content, found without having all of it in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from handrail.systems.files.content import Content
from handrail.systems.files.encoding import Encoding

_CHUNK_BYTES = 1024 * 1024
_FOLLOWING = bytes(range(0x80, 0xC0))
"""Every byte that only continues a character of UTF-8."""
IsLate = Callable[[], bool]


class Late(Exception):
    """There was no time to look further; its text says from which offset one can go on."""


class Beyond(Exception):
    """The content has no more lines than `total`."""

    def __init__(self, total: int) -> None:
        super().__init__(total)
        self.total = total


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a content. Offsets are in bytes, and begin at the byte order mark's end."""

    content: Content
    encoding: Encoding

    def start_of(self, line: int, is_late: IsLate) -> int:
        """Where the line of this number begins, counted from 1. Raises `Late` and `Beyond`."""
        number, start = 1, self.encoding.mark
        offset = start
        while number < line and (chunk := self.content.at(offset, _CHUNK_BYTES)):
            if is_late():
                raise Late(f"line {number:,} begins at offset={start}")
            ends = self.count(chunk)
            if ends:
                passed = min(ends, line - number)
                last = passed == ends
                end = self.last_end(chunk) if last else self.end_of(chunk, passed)
                number, start = number + passed, offset + end
            offset += len(chunk)
        is_there = line == 1 or self.content.at(start, 1) != b""
        if number < line or not is_there:
            raise Beyond(number if is_there else number - 1)
        return start

    def start_from_end(self, count: int, is_late: IsLate) -> int:
        """Where the last `count` lines begin; the content's beginning when it has fewer.

        Raises `Late`.
        """
        first = self.encoding.mark
        at = first + (self.content.size - first) // self.encoding.unit * self.encoding.unit
        # The end of the last line begins no other.
        wanted = count + (self.content.at(at - self.encoding.unit, 4) == self.encoding.newline)
        while at > first:
            if is_late():
                raise Late(f"what was counted from the end begins at offset={at}")
            begin = max(first, at - _CHUNK_BYTES)
            chunk = self.content.at(begin, at - begin)
            ends = self.count(chunk)
            if ends >= wanted:
                return begin + self.end_of(chunk, ends - wanted + 1)
            wanted, at = wanted - ends, begin
        return first

    def count(self, raw: bytes) -> int:
        """Line ends in `raw`, which begins with a whole unit."""
        newline = self.encoding.newline
        if len(newline) == 1:
            return raw.count(newline)
        return sum(1 for _ in self._wide_ends(raw))

    def end_of(self, raw: bytes, number: int) -> int:
        """Where the line end of this number in `raw` ends; it is there."""
        newline = self.encoding.newline
        if len(newline) == 1:
            return len(raw) - len(raw.split(newline, number)[number])
        return next(end for n, end in enumerate(self._wide_ends(raw), 1) if n == number)

    def last_end(self, raw: bytes) -> int:
        """Where the last line end in `raw` ends; 0 when there is none."""
        newline = self.encoding.newline
        if len(newline) == 1:
            return raw.rfind(newline) + 1
        return max(self._wide_ends(raw), default=0)

    def start_of_character(self, offset: int) -> int:
        """The start of the character that `offset` lies in, where the encoding lets us know."""
        first, unit = self.encoding.mark, self.encoding.unit
        if not self.content.at(offset, 1):
            return offset
        if unit > 1:
            offset -= (offset - first) % unit
            return offset - unit if offset > first and self._is_second(offset) else offset
        if self.encoding.name != "utf-8":
            return offset
        begin = max(first, offset - 3)
        around = self.content.at(begin, offset - begin + 1)
        return begin + max(0, len(around.rstrip(_FOLLOWING)) - 1)

    def _is_second(self, offset: int) -> bool:
        """Whether it is the second half of a character that takes two units of UTF-16."""
        unit = self.content.at(offset, 2)
        high = unit[-1:] if self.encoding.name.endswith("le") else unit[:1]
        return self.encoding.unit == 2 and b"\xdc" <= high <= b"\xdf"

    def _wide_ends(self, raw: bytes) -> list[int]:
        """Where line ends end, of those that are whole units."""
        newline = self.encoding.newline
        found = (one.end() for one in re.finditer(re.escape(newline), raw))
        return [end for end in found if end % self.encoding.unit == 0]
