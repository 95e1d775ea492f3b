"""The folders for the temporary files of a command: private, and empty at its start.

What a command made of its folder is not to be trusted: the folder's name may lead elsewhere by
now. So a folder is known by its device and inode, everything in it is reached through its open
descriptor, and no link is ever followed.
"""

from __future__ import annotations

import os
import stat

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folders:
    """Made once, emptied after each call, and gone at the end, whatever commands made of them."""

    def __init__(self, paths: tuple[bytes, ...]) -> None:
        self.paths = paths
        self._made: dict[bytes, tuple[int, int, int]] = {}

    @property
    def first(self) -> bytes:
        """What commands know as their TMPDIR."""
        return self.paths[0]

    def make(self) -> bool:
        """Have the folders; whether one had to be made. Raises `OSError`."""
        missing = [path for path in self.paths if not os.path.lexists(path)]
        for path in missing:
            os.mkdir(path, 0o700)
            self._made[path] = _identity(os.lstat(path))
        return bool(missing)

    def clear(self) -> None:
        """Have nothing in them, and have them open for the next command."""
        for path in self.paths:
            try:
                self._clear(path)
            except FileNotFoundError:
                pass  # a command that nothing confines may remove its folder

    def _clear(self, path: bytes) -> None:
        found = os.lstat(path)
        if path not in self._made:
            # Not made here, so it must be of a view that is ours alone.
            if os.getpid() == 1:
                _empty_at(path)
        elif _identity(found) == self._made[path]:
            if found.st_mode & 0o777 != 0o700:
                os.chmod(path, 0o700)
            _empty_at(path)
        else:
            _remove_impostor(path)

    def remove(self) -> None:
        """Have those no more that were made here."""
        self.clear()
        while self._made:
            path, identity = self._made.popitem()
            try:
                if _identity(os.lstat(path)) == identity:
                    os.rmdir(path)
            except FileNotFoundError:
                pass


def _remove_impostor(path: bytes) -> None:
    """Take away what a command has put in our folder's place; of a link, only the link."""
    try:
        os.unlink(path)
    except IsADirectoryError:
        os.chmod(path, 0o700)
        _empty_at(path)
        os.rmdir(path)


def _identity(found: os.stat_result) -> tuple[int, int, int]:
    """Which file this is, and of which kind: what takes a name may get its inode too."""
    return found.st_dev, found.st_ino, stat.S_IFMT(found.st_mode)


def _empty_at(path: bytes) -> None:
    folder = os.open(path, _OPEN)
    try:
        _empty(folder)
    finally:
        os.close(folder)


def _empty(top: int) -> None:
    """Remove all that is in the open folder, however deep, closed or long its names are.

    Folders are brought up to the top one after another, so nothing here recurs or grows with
    the depth. No command is left to move things meanwhile.
    """
    while names := os.listdir(top):
        for name in names:
            if not _unlinked(name, top):
                _take_apart(name, top)


def _take_apart(name: str, top: int) -> None:
    os.chmod(name, 0o700, dir_fd=top)
    folder = os.open(name, _OPEN, dir_fd=top)
    try:
        for inner in os.listdir(folder):
            if not _unlinked(inner, folder):
                os.chmod(inner, 0o700, dir_fd=folder)  # or it could not be moved
                os.rename(inner, os.urandom(8).hex(), src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _unlinked(name: str, folder: int) -> bool:
    """Remove what is no folder; whether it was none."""
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        return False
    return True
