"""Whole lines out of a byte stream, for progress: bounded, and never too many a second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

_LONGEST_LINE = 4096
_BURST = 20
_PER_SECOND = 20.0
_MOST_AT_ONCE = 65_536
# A carriage return alone ends a line too: that is how a progress bar stays in its place.
_END = re.compile(rb"[\r\n]+")


class LineFeed:
    """Hands lines to `emit`; when they come too fast, the newest are preferred.

    Progress is for watching: what was left out is still in the output.
    """

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._rest = b""
        self._credit = float(_BURST)
        self._last = time.monotonic()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        if len(chunk) > _MOST_AT_ONCE:
            self._rest, chunk = b"", chunk[-_MOST_AT_ONCE:].partition(b"\n")[2]
        *lines, rest = _END.split(self._rest + chunk)
        self._rest = rest[:_LONGEST_LINE]
        granted = self._grant(len(lines))
        for line in lines[len(lines) - granted :]:
            self._emit(line[:_LONGEST_LINE].decode("utf-8", "replace"))

    def _grant(self, wanted: int) -> int:
        """How many lines may be emitted now."""
        now = time.monotonic()
        self._credit = min(_BURST, self._credit + (now - self._last) * _PER_SECOND)
        self._last = now
        granted = min(wanted, int(self._credit))
        self._credit -= granted
        return granted
