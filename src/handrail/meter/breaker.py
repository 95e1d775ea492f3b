"""Asking what may not answer, and then asking nothing more of it for a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from handrail.meter.store import Away

PAUSE_SECONDS = 1.0


class Breaker:
    """After a failure, nobody asks for a second; then one does, and tells the others.

    So a call waits once at most for a store that is away, and most calls do not wait at all.
    """

    def __init__(self, *failures: type[Exception]) -> None:
        self._failures = failures
        self._again_at: float | None = None
        self._why = ""

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask. Raises `Away` when that fails, and in the second after it had."""
        if self._again_at is not None:
            now = time.monotonic()
            if now < self._again_at:
                raise Away(self._why)
            self._again_at = now + PAUSE_SECONDS
        try:
            yield
        except self._failures as error:
            self._again_at = time.monotonic() + PAUSE_SECONDS
            self._why = str(error) or type(error).__name__
            raise Away(self._why) from error
        self._again_at = None
