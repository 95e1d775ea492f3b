"""The folder for the temporary files of a zygote's commands: empty and private at every start."""

from __future__ import annotations

import os
import stat


class Folder:
    """Made for the first call, and kept for the next one as long as nothing happens to it."""

    def __init__(self, path: bytes) -> None:
        self.path = path
        self._made: os.stat_result | None = None

    def make(self) -> None:
        """Have the folder. Raises `OSError`."""
        if self._made is None:
            os.mkdir(self.path, 0o700)
            self._made = os.lstat(self.path)

    def clear(self) -> None:
        """Have nothing in it."""
        if self._made is not None and not _is_as_made(self.path, self._made):
            self.remove()

    def remove(self) -> None:
        """Have it no more, whatever a command made of it."""
        if self._made is None:
            return
        self._made = None
        try:
            os.rmdir(self.path)
        except OSError:
            _remove(self.path)


def _is_as_made(path: bytes, made: os.stat_result) -> bool:
    try:
        now = os.lstat(path)
        same = (now.st_dev, now.st_ino, now.st_mode) == (made.st_dev, made.st_ino, made.st_mode)
        return same and not os.listdir(path)
    except OSError:
        return False


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
