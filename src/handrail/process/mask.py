"""Values that must never be shown are covered in a stream, wherever its chunks break."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST = 6
"""Bytes; shorter values would cover innocent text everywhere, and guard nothing."""


class Mask:
    """Covers every hidden value with asterisks of the same length, so that offsets stay true."""

    def __init__(self, hidden: Iterable[str]) -> None:
        encoded = {value.encode("utf-8", "surrogateescape") for value in hidden}
        # Longest first: a value may be the beginning of another.
        values = sorted((v for v in encoded if len(v) >= SHORTEST), key=len, reverse=True)
        self._values = re.compile(b"|".join(map(re.escape, values))) if values else None
        self._reach = len(values[0]) - 1 if values else 0
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """The covered bytes that are safe to show; the end is held back until more comes."""
        if self._values is None:
            return chunk
        text = self._held + chunk
        return self._show(text, max(0, len(text) - self._reach))

    def finish(self) -> bytes:
        """What was held back, covered."""
        return self._show(self._held, len(self._held))

    def _show(self, text: bytes, safe: int) -> bytes:
        """Cover what begins before `safe`, for that cannot become more; hold the rest back."""
        shown = bytearray(text)
        for found in self._values.finditer(text) if self._values is not None else ():
            if found.start() >= safe:
                break
            shown[found.start() : found.end()] = b"*" * len(found[0])
            safe = max(safe, found.end())
        self._held = text[safe:]
        return bytes(shown[:safe])


def cover(text: str, hidden: Iterable[str]) -> str:
    """`text` with every hidden value covered, whatever its length."""
    for value in sorted(hidden, key=len, reverse=True):
        if value:
            text = text.replace(value, "***")
    return text
