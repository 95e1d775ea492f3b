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
        self.exceeded = False
        self.broken = False
        self._left = limit_bytes
        self._lock = threading.Lock()

    def open(self) -> int:
        """A new unnamed file, as a descriptor. Raises `OSError`."""
        return unnamed_file(self.folder)

    def grant(self, wanted: int) -> int:
        """Take up to `wanted` bytes from the budget; returns how many there were."""
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
            self.exceeded |= granted < wanted
        return granted

    def give_up(self, kept_bytes: int) -> None:
        """The machine has no room, whatever the budget says: what is kept now is all."""
        with self._lock:
            self._left = 0
            self.limit_bytes = kept_bytes
            self.exceeded = self.broken = True


class Spooled:
    """One stream in the spool: a file that is made with its first bytes."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self.descriptor: int | None = None
        self.size = 0

    def write(self, text: bytes) -> bool:
        """Keep `text`; False when that was not possible, or only for a part of it."""
        granted = self._spool.grant(len(text))
        end = self.size + granted
        try:
            if self.descriptor is None:
                self.descriptor = self._spool.open()
            while self.size < end:
                self.size += os.write(self.descriptor, text[granted - (end - self.size) : granted])
        except OSError:
            self._spool.give_up(self.size)
            return False
        return granted == len(text)

    def close(self) -> None:
        """Give the space back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def unnamed_file(folder: Path) -> int:
    """A new file in `folder` that goes with its last descriptor. Raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())


def folder_in(state: Path) -> Path:
    """The folder for long output: in the state folder, or the system's where that is read-only."""
    nearest = state if state.exists() else state.parent
    if os.access(nearest, os.W_OK):
        return state / "spool"
    return Path(tempfile.gettempdir())
