"""The folder for the temporary files of a command: private, and empty at its start."""

from __future__ import annotations

import os
import stat


class Folder:
    """Made for a call, and gone with it, whatever its command made of it."""

    def __init__(self, path: bytes) -> None:
        self.path = path
        self._made = False

    def make(self) -> None:
        """Have the folder. Raises `OSError`."""
        if not self._made:
            os.mkdir(self.path, 0o700)
            self._made = True

    def clear(self) -> None:
        """Have nothing in it."""
        try:
            untouched = self._made and not os.listdir(self.path)
        except OSError:
            untouched = False
        if not untouched:
            self.remove()

    def remove(self) -> None:
        """Have it no more."""
        if not self._made:
            return
        self._made = False
        try:
            os.rmdir(self.path)
        except OSError:
            _remove(self.path)


def _remove(path: bytes) -> None:
    import shutil  # slow to import, and seldom needed: most commands leave nothing

    shutil.rmtree(path, ignore_errors=True)
    if not os.path.lexists(path):
        return
    if stat.S_ISDIR(os.lstat(path).st_mode):
        _unlock(path)
        shutil.rmtree(path, ignore_errors=True)
    else:
        os.unlink(path)


def _unlock(path: bytes) -> None:
    """Let us into every folder that a command has locked."""
    os.chmod(path, 0o700)
    for folder, names, _ in os.walk(path):
        for name in names:
            inner = os.path.join(folder, name)
            if not os.path.islink(inner):
                os.chmod(inner, 0o700)
