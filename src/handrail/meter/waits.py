"""Since when calls wait for their turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Waits:
    """The calls that wait, for whatever it is: a place here, a store, or other servers."""

    def __init__(self) -> None:
        self._since: dict[object, float] = {}

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count one call for as long as it waits."""
        call = object()
        self._since[call] = time.monotonic()
        try:
            yield
        finally:
            del self._since[call]

    @property
    def longest_seconds(self) -> float:
        """How long that call has waited which has waited longest; 0 when none does.

        May be asked in any thread.
        """
        now = time.monotonic()
        return now - min([now, *self._since.values()])
