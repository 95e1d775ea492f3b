"""The workspace as open folders: whatever is opened lies below it, whoever moves things about.

Names are looked up by the kernel in one step (openat2(2)), never checked first and opened
later. What was opened is then judged by what it is and where it is: a FIFO, a device or a
socket is not opened at all, and what is kept or hidden is refused by its place.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from handrail.process.zygote.beneath import open_beneath
from handrail.systems.files.names import is_below, is_kept, is_ours
from handrail.systems.files.refused import (
    ARGUMENT_INVALID,
    BUSY,
    DENIED,
    NOT_FOUND,
    Refused,
    of_error,
)

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
_MOST_TRIES = 20
"""Times that we look again, while what was found is moved or replaced under our eyes."""


class Found(NamedTuple):
    """An open file or folder, and its place in the workspace when it was opened; `.` for itself."""

    descriptor: int
    place: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The workspace, by its descriptor `root`, and what of it may be used.

    `writable` are the trees that may be written. `kept` are never written, `hidden` are never
    read; all are relative to the workspace. Repositories and our own state are besides kept by
    their names, at every depth. `judged` are the places that a path led to when the call was
    judged: by now it may lead elsewhere, which nobody has permitted.
    """

    root: int
    writable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    judged: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def here(
        cls,
        writable: Sequence[str] = (),
        kept: Sequence[str] = (),
        hidden: Sequence[str] = (),
        judged: Mapping[str, Sequence[str]] | None = None,
    ) -> Tree:
        """The tree of the working directory."""
        root = os.open(".", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        return cls(root, tuple(writable), tuple(kept), tuple(hidden), judged or {})

    def look(self, path: str, field: str = "path") -> Found:
        """A descriptor of whatever `path` leads to, only to be looked at (O_PATH).

        Links are followed inside the workspace. Raises `Refused`.
        """
        return self._look(path, field, _LOOK)

    def look_at(self, path: str, field: str = "path") -> Found:
        """The same of whatever has this very name: a link itself, not what it leads to."""
        return self._look(path.rstrip("/") or ".", field, _LOOK | os.O_NOFOLLOW)

    def open(self, path: str, field: str = "path") -> Found:
        """A descriptor to read the file at `path` from. Raises `Refused`, for a folder too."""
        found, place = self.look(path, field)
        try:
            kind = os.fstat(found).st_mode
            if stat.S_ISDIR(kind):
                hint = "list_files shows what is in it."
                raise Refused(ARGUMENT_INVALID, f"`{field}` is a folder", field=field, hint=hint)
            return Found(reopened(found, field), place)
        finally:
            os.close(found)

    def folder(self, path: str, field: str = "path") -> Found:
        """A descriptor to list the folder at `path` from. Raises `Refused`."""
        found, place = self.look(path, field)
        try:
            if not stat.S_ISDIR(os.fstat(found).st_mode):
                hint = "read_file reads it."
                raise Refused(ARGUMENT_INVALID, f"`{field}` is no folder", field=field, hint=hint)
            return Found(reopened(found, field), place)
        finally:
            os.close(found)

    def place(self, descriptor: int) -> str:
        """Where an open file or folder really is, from the workspace on; `.` for itself.

        Raises `Refused` for what has been moved out of the workspace, or removed.
        """
        for _ in range(_MOST_TRIES):
            place = self._place(descriptor)
            if place is not None:
                return place
        raise Refused(NOT_FOUND, "it was moved or removed while it was looked at")

    def spare(self, place: str, field: str = "path") -> None:
        """Refuse to write at `place`, as `place` said it. Raises `Refused`.

        To move or delete a folder is to write all that is kept in it.
        """
        named = any(is_kept(name) for name in place.split("/"))
        guarded = (*self.kept, *self.hidden)
        if named or any(is_below(place, one) or is_below(one, place) for one in guarded):
            hint = "Repositories (.git), the state folder and the server file are never written."
            raise Refused(DENIED, f"`{field}` names what is kept", field=field, hint=hint)
        if not any(is_below(place, tree) for tree in self.writable):
            shown = list(self.writable)
            raise Refused(
                DENIED, f"this tool may not write at `{field}`", field=field, allowed=shown
            )

    def hold(self, path: str, place: str, field: str) -> None:
        """Refuse a place that `path` did not lead to when the call was judged. Raises `Refused`."""
        if place not in self.judged.get(path, (place,)):
            why = f"`{field}` leads elsewhere than when the call was judged"
            raise Refused(BUSY, why, field=field, hint="Try again.")

    def _look(self, path: str, field: str, flags: int) -> Found:
        """Look until we know where it is: what a place is judged by must be that very file."""
        for _ in range(_MOST_TRIES):
            found = self._opened(path, field, flags)
            try:
                place = self._place(found)
                if place is not None:
                    self.spare_hidden(found, place, field)
                    self.hold(path, place, field)
                    return Found(found, place)
            except Refused:
                os.close(found)
                raise
            os.close(found)
        hint = "Try again."
        raise Refused(BUSY, f"`{field}` is moved or replaced all the time", field=field, hint=hint)

    def _opened(self, path: str, field: str, flags: int) -> int:
        try:
            return open_beneath(self.root, os.fsencode(path), flags)
        except UnicodeEncodeError:
            raise Refused(ARGUMENT_INVALID, f"`{field}` is no text", field=field) from None
        except OSError as error:
            raise of_error(error, field) from None

    def _place(self, descriptor: int) -> str | None:
        """The place of `descriptor`, if it has that name; None when it was moved or removed.

        proc(5) says `NAME (deleted)` of what was removed, which may be a name too.
        """
        path, top = _path(descriptor), _path(self.root).rstrip("/")
        if not f"{path}/".startswith(f"{top}/"):
            return None
        place = path[len(top) + 1 :] or "."
        known = self._identity(place)
        return place if known == _identity(os.fstat(descriptor)) else None

    def spare_hidden(self, descriptor: int, place: str, field: str) -> None:
        """Refuse what is hidden by its place, and by any other name: a hard link has its own."""
        ours = any(is_ours(name) for name in place.split("/"))
        secret = _identity(os.fstat(descriptor)) in self.secrets()
        if ours or secret or any(is_below(place, one) for one in self.hidden):
            raise Refused(DENIED, f"`{field}` names what no tool may read", field=field)

    def secrets(self) -> frozenset[Identity | None]:
        """Which files are hidden, whatever they are called: a hard link has a name of its own."""
        return frozenset(map(self._identity, self.hidden))

    def _identity(self, place: str) -> Identity | None:
        try:
            return _identity(os.stat(place, dir_fd=self.root, follow_symlinks=False))
        except OSError:
            return None


def _path(descriptor: int) -> str:
    """Where it is, by its whole path. Raises `Refused` where nobody can say."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise of_error(error, "path") from None
        why = "files can only be used where /proc is mounted, and it is not"
        raise Refused(DENIED, why, hint="This is for the server's owner to mend.") from None


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino


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
