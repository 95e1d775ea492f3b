"""Opens the files of a walk to read them: folder by folder, and through no link."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from handrail.systems.files.refused import Refused
from handrail.systems.files.tree import Tree, reopened

_LOOK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


class Opener:
    """Keeps the folder of the last file open, for the next one often lies beside it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._hidden = {(one.st_dev, one.st_ino) for one in map(self._status, tree.hidden) if one}
        self._place: str | None = None
        self._folder = -1

    def open(self, path: str) -> int | None:
        """A descriptor to read the file at `path`; None for what is none, and may not be read."""
        folder, _, name = path.rpartition("/")
        try:
            self._enter(folder)
            looked = os.open(name, _LOOK, dir_fd=self._folder)
        except (OSError, Refused):
            return None
        try:
            status = os.fstat(looked)
            if not stat.S_ISREG(status.st_mode) or (status.st_dev, status.st_ino) in self._hidden:
                return None
            return reopened(looked)
        except Refused:
            return None
        finally:
            os.close(looked)

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1
            self._place = None

    def _enter(self, place: str) -> None:
        if place != self._place:
            self.close()
            self._folder, _ = self._tree.folder(f"./{place}")
            self._place = place

    def _status(self, hidden: str) -> os.stat_result | None:
        with suppress(OSError):
            return os.stat(hidden, dir_fd=self._tree.root)
        return None
