"""Where long output goes: unnamed files in the state folder, under one budget per call."""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path


class Spool:
    """The budget and the place for the long output of one call; both streams share it.

    Writers are threads; they may write at the same time.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes
        self._left = limit_bytes
        self._lock = threading.Lock()

    def open(self) -> int:
        """A new unnamed file, as a descriptor. Raises `OSError`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            return os.dup(file.fileno())

    def grant(self, wanted: int) -> int:
        """Take up to `wanted` bytes from the budget; returns how many there were."""
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
        return granted

    def exhaust(self, written: int) -> None:
        """The disk is full: what is written now is all that there will be."""
        with self._lock:
            self._left = 0
            self.limit_bytes = written


def folder_in(state: Path) -> Path:
    """The folder for long output: in the state folder, or the system's where that is read-only."""
    nearest = state if state.exists() else state.parent
    if os.access(nearest, os.W_OK):
        return state / "spool"
    return Path(tempfile.gettempdir())
