"""What an answer shows of a stream: all of it, or its head and tail."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.mcp.clean import clean, whole_end, whole_start
from handrail.process.output import Output


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The shown part of a stream. `next_offset` is where the gap begins, when there is one."""

    text: str
    shown_bytes: int
    total_bytes: int
    next_offset: int | None
    marks: dict[str, int]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return self.next_offset is None


def excerpt(output: Output, limit: int, start: int = 0, end: int | None = None) -> Excerpt:
    """The first and the last `limit / 2` bytes of a stream, or all of a short one.

    Of a part of the stream, when `start` or `end` are given.
    """
    end = output.size if end is None else end
    size = end - start
    if size <= limit:
        cleaned = clean(output.read(start, size))
        return Excerpt(cleaned.text, size, size, None, cleaned.marks)
    half = limit // 2
    head = whole_start(output.read(start, half))
    tail = whole_end(output.read(end - half, half))
    gap = size - len(head) - len(tail)
    first, last = clean(head), clean(tail)
    marks = {
        name: first.marks.get(name, 0) + last.marks.get(name, 0)
        for name in first.marks | last.marks
    }
    text = f"{first.text}\n[… {gap:,} bytes left out …]\n{last.text}"
    return Excerpt(text, len(head) + len(tail), size, start + len(head), marks)
