"""The end of the file, compared with what the head says of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.record.audit.chain import Line, Link
from handrail.record.audit.head import Head

_WINDOW_BYTES = 4 * 1024**2
"""In this much, there is a line's end: the longest line is shorter."""


Loss = dict[str, Any]
"""What the end of a file lacks, by its `reason`: `cut`, the beginning of a line that was never
written to its end; or `truncated`, lines that were there and are not."""


@dataclass(frozen=True, slots=True)
class Tail:
    """What a file has after the place where its head says that it ends.

    `end` is where the next line goes, `cut` what lies there and is no line, `beyond` the lines
    that the head does not know of yet.
    """

    end: int
    cut: int = 0
    beyond: bytes = b""
    losses: tuple[Loss, ...] = ()


def look(descriptor: int, head: Head) -> Tail:
    """Find out how a file ends."""
    size = os.fstat(descriptor).st_size
    if size < head.end:
        return _shorter(descriptor, size, head)
    beyond = _read(descriptor, head.end, size)
    whole = beyond[: beyond.rfind(b"\n") + 1]
    cut = len(beyond) - len(whole)
    losses: tuple[Loss, ...] = ({"reason": "cut", "bytes": cut},) if cut else ()
    return Tail(head.end + len(whole), cut, whole, losses)


def last_link(path: Path) -> Link | None:
    """The last line of a file; None when that is not one of ours."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        return _last_line(descriptor, os.fstat(descriptor).st_size)[0]
    finally:
        os.close(descriptor)


def _shorter(descriptor: int, size: int, head: Head) -> Tail:
    link, cut = _last_line(descriptor, size)
    first = head.file if link is None else link.seq + 1
    gone: Loss = {"reason": "truncated", "from": first, "to": head.last.seq}
    return Tail(size - cut, cut, losses=(gone,))


def _last_line(descriptor: int, size: int) -> tuple[Link | None, int]:
    """The last whole line before `size`, and how many bytes of another follow it."""
    window = _read(descriptor, max(0, size - _WINDOW_BYTES), size)
    whole = window[: window.rfind(b"\n") + 1]
    line = Line.read(whole[:-1].rpartition(b"\n")[2])
    return None if line is None else line.link, len(window) - len(whole)


def _read(descriptor: int, start: int, end: int) -> bytes:
    found = b""
    while start < end and (chunk := os.pread(descriptor, end - start, start)):
        found, start = found + chunk, start + len(chunk)
    return found
