"""The workspace as open folders: whatever is opened lies below it, whoever moves things about.

Names are looked up by the kernel in one step (openat2(2)), never checked first and opened
later. What was opened is then judged by what it is and where it is: a FIFO, a device or a
socket is not opened at all, and what is kept or hidden is refused by its place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass

from handrail.process.zygote.beneath import open_beneath
from handrail.systems.files.names import is_kept, is_ours
from handrail.systems.files.refused import ARGUMENT_INVALID, DENIED, NOT_FOUND, Refused, of_error

_LOOK = os.O_PATH | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The workspace, by its descriptor `root`, and what of it may be used.

    `writable` are the trees that may be written. `kept` are never written, `hidden` are never
    read; all are relative to the workspace. Repositories and our own state are besides kept by
    their names, at every depth.
    """

    root: int
    writable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @classmethod
    def here(
        cls, writable: Sequence[str] = (), kept: Sequence[str] = (), hidden: Sequence[str] = ()
    ) -> Tree:
        """The tree of the working directory."""
        root = os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return cls(root, tuple(writable), tuple(kept), tuple(hidden))

    def look(self, path: str, field: str = "path") -> int:
        """A descriptor of whatever `path` leads to, only to be looked at (O_PATH).

        Links are followed inside the workspace. Raises `Refused`.
        """
        try:
            found = open_beneath(self.root, os.fsencode(path), _LOOK)
        except OSError as error:
            raise of_error(error, field) from None
        try:
            self._spare_hidden(found, field)
        except Refused:
            os.close(found)
            raise
        return found

    def open(self, path: str, field: str = "path") -> int:
        """A descriptor to read the file at `path` from. Raises `Refused`, for a folder too."""
        found = self.look(path, field)
        try:
            kind = os.fstat(found).st_mode
            if stat.S_ISDIR(kind):
                hint = "list_files shows what is in it."
                raise Refused(ARGUMENT_INVALID, f"`{field}` is a folder", field=field, hint=hint)
            return reopened(found, field)
        finally:
            os.close(found)

    def folder(self, path: str, field: str = "path") -> int:
        """A descriptor to list the folder at `path` from. Raises `Refused`."""
        found = self.look(path, field)
        try:
            if not stat.S_ISDIR(os.fstat(found).st_mode):
                hint = "read_file reads it."
                raise Refused(ARGUMENT_INVALID, f"`{field}` is no folder", field=field, hint=hint)
            return reopened(found, field)
        finally:
            os.close(found)

    def place(self, descriptor: int) -> str:
        """Where an open file or folder really is, from the workspace on; `.` for itself.

        Raises `Refused` for what has been moved out of the workspace, or removed.
        """
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        top = os.readlink(f"/proc/self/fd/{self.root}")
        if path == top:
            return "."
        if not path.startswith(top.rstrip("/") + "/"):
            raise Refused(NOT_FOUND, "it was moved or removed while it was looked for")
        return path[len(top.rstrip("/")) + 1 :]

    def spare(self, place: str, field: str = "path") -> None:
        """Refuse to write at `place`, as `place` said it. Raises `Refused`."""
        if any(is_kept(name) for name in place.split("/")) or place in self.kept:
            hint = "Repositories (.git), the state folder and the server file are never written."
            raise Refused(DENIED, f"`{field}` names what is kept", field=field, hint=hint)
        if not any(_is_below(place, tree) for tree in self.writable):
            shown = list(self.writable)
            raise Refused(
                DENIED, f"this tool may not write at `{field}`", field=field, allowed=shown
            )

    def _spare_hidden(self, descriptor: int, field: str) -> None:
        place = self.place(descriptor)
        ours = any(is_ours(name) for name in place.split("/"))
        if ours or place in self.hidden or self._is_hidden(os.fstat(descriptor)):
            raise Refused(DENIED, f"`{field}` names what no tool may read", field=field)

    def _is_hidden(self, found: os.stat_result) -> bool:
        """Whether it is another name of a hidden file: a hard link has a place of its own."""
        if stat.S_ISDIR(found.st_mode) or found.st_nlink < 2:
            return False
        identity = found.st_dev, found.st_ino
        return any(self._identity(path) == identity for path in self.hidden)

    def _identity(self, path: str) -> Identity | None:
        try:
            known = os.stat(path, dir_fd=self.root, follow_symlinks=False)
        except OSError:
            return None
        return known.st_dev, known.st_ino


def reopened(looked: int, field: str = "path") -> int:
    """To read what is already held by a descriptor, and nothing that has taken its name since.

    Raises `Refused` for what is neither a file nor a folder, without opening it: to open a FIFO
    blocks, and to open a device may do anything.
    """
    kind = stat.S_IFMT(os.fstat(looked).st_mode)
    if kind not in (stat.S_IFREG, stat.S_IFDIR):
        what = _KINDS.get(kind, "no file")
        hint = "Only files and folders are read."
        raise Refused(ARGUMENT_INVALID, f"`{field}` is {what}", field=field, hint=hint)
    try:
        return os.open(f"/proc/self/fd/{looked}", _READ)
    except OSError as error:
        raise of_error(error, field) from None


def _is_below(place: str, tree: str) -> bool:
    return tree in (".", place) or place.startswith(f"{tree}/")
