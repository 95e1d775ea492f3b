"""Values that must never be shown are covered in a stream, wherever its chunks break."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 6
"""Characters; shorter values would cover innocent text everywhere, and guard nothing."""


class Mask:
    """Covers every hidden value with asterisks of the same length, so that offsets stay true."""

    def __init__(self, hidden: Iterable[str]) -> None:
        encoded = {value.encode("utf-8", "surrogateescape") for value in hidden}
        # Longest first: a value may be part of another.
        self._values = sorted((v for v in encoded if len(v) >= SHORTEST), key=len, reverse=True)
        self._reach = len(self._values[0]) - 1 if self._values else 0
        self._held = b""

    def feed(self, chunk: bytes) -> bytes:
        """The covered bytes that are safe to show; the end may be held back until more comes."""
        if not self._values:
            return chunk
        text = self._cover(self._held + chunk)
        keep = min(self._reach, len(text))
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def finish(self) -> bytes:
        """What was held back."""
        rest, self._held = self._held, b""
        return rest

    def _cover(self, text: bytes) -> bytes:
        for value in self._values:
            text = text.replace(value, b"*" * len(value))
        return text


def cover(text: str, hidden: Iterable[str]) -> str:
    """`text` with every hidden value covered, whatever its length."""
    for value in sorted(hidden, key=len, reverse=True):
        if value:
            text = text.replace(value, "***")
    return text
