"""One page of text: as many whole lines as fit, and where the next page begins."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.systems.files.lines import Lines

PAGE_BYTES = 40_000
"""The most bytes in a page: some 10,000 tokens, which is as much as a model should be told."""


@dataclass(frozen=True, slots=True)
class Page:
    """What lies from the byte `begin` up to `end`. `is_last` when nothing comes after it."""

    text: str
    begin: int
    end: int
    is_last: bool

    @property
    def lines(self) -> int:
        """Lines in it, whole or not."""
        return self.text.count("\n") + (not self.text.endswith("\n") and self.text != "")


def page(lines: Lines, begin: int, most_lines: int) -> Page:
    """The page from `begin` on, which is the start of a character.

    Raises `UnicodeDecodeError`, whose `start` counts from `begin`.
    """
    raw = lines.content.at(begin, PAGE_BYTES + 1)
    ends = len(raw) <= PAGE_BYTES
    raw = raw[:PAGE_BYTES]
    cut = _cut(lines, raw, most_lines, ends=ends)
    ends, raw = ends and cut == len(raw), raw[:cut]
    is_whole = ends or lines.last_end(raw) == len(raw)
    text, taken = lines.encoding.decode(raw, ends=is_whole)
    return Page(text, begin, begin + taken, ends)


def _cut(lines: Lines, raw: bytes, most_lines: int, *, ends: bool) -> int:
    """Where to end a page: after so many lines, and where a line ends if any does."""
    if lines.count(raw) >= most_lines:
        return lines.end_of(raw, most_lines)
    return len(raw) if ends else lines.last_end(raw) or len(raw)
