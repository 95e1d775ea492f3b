"""One writer at a time, among the threads of this process and all processes of this machine."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PAUSE_SECONDS = 0.002


class Lock:
    """A lock on an open file (flock(2)); a killed process lets go of it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._threads = threading.Lock()

    @contextmanager
    def held(self, patience_seconds: float = 0.0) -> Iterator[None]:
        """Hold it. Raises `BlockingIOError` when another has it, and does not let go in time."""
        deadline = time.monotonic() + patience_seconds
        if not self._threads.acquire(blocking=patience_seconds > 0, timeout=patience_seconds or -1):
            raise BlockingIOError("another thread is writing")
        try:
            self._take(deadline)
            try:
                yield
            finally:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _take(self, deadline: float) -> None:
        while True:
            try:
                return fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
