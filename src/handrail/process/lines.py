"""Whole lines out of a byte stream, for progress: bounded, and never too many a second."""

from __future__ import annotations

import time
from collections.abc import Callable

_LONGEST_LINE = 4096
_BURST = 20
_PER_SECOND = 20.0


class LineFeed:
    """Hands lines to `emit`; when they come too fast, some are left out.

    Progress is for watching: what was left out is still in the output.
    """

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit = emit
        self._rest = b""
        self._credit = float(_BURST)
        self._last = time.monotonic()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        *lines, self._rest = (self._rest + chunk[-65_536:]).split(b"\n")
        self._rest = self._rest[-_LONGEST_LINE:]
        now = time.monotonic()
        self._credit = min(_BURST, self._credit + (now - self._last) * _PER_SECOND)
        self._last = now
        for line in lines[-int(self._credit) :] if self._credit >= 1 else []:
            self._credit -= 1
            self._emit(line[:_LONGEST_LINE].decode("utf-8", "replace").strip("\r"))
