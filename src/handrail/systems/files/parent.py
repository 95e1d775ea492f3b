"""Where something is to be written: the open folder of a name, and the name.

What happens to a name happens in its folder: with that open, nobody can lead the name elsewhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from handrail.systems.files.refused import ARGUMENT_INVALID, BUSY, NOT_FOUND, Refused, of_error
from handrail.systems.files.tree import Tree, reopened

_FOLDER_MODE = 0o755
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.001, 0.05
_NO_NAMES = ("", ".", "..")


@dataclass(frozen=True, slots=True)
class Spot:
    """A name in an open folder of `tree`. `place` is both, from the workspace on; `field` is the
    argument that named it."""

    tree: Tree
    folder: int
    name: str
    place: str
    field: str

    def status(self) -> os.stat_result | None:
        """What has this name now, be it a link; None for nothing."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise of_error(error, self.field) from None


@contextmanager
def spot(
    tree: Tree, path: str, field: str = "path", *, follow: bool = True, make: bool = False
) -> Iterator[Spot]:
    """Where `path` is, or would be. `follow`: of a link, where it leads, inside the workspace.

    `make`: folders on the way that are missing are made, and go again when what they were for is
    refused. Raises `Refused` for what is kept, for what the tool may not write, and for a way out.
    """
    folder, name = _split(path, field)
    with _folder(tree, folder, field, make=make) as opened:
        at = Spot(tree, opened, name, _joined(tree.place(opened), name), field)
        tree.spare(at.place, field)
        tree.hold(path, at.place, field)
        found = at.status()
        if not follow or found is None or not stat.S_ISLNK(found.st_mode):
            yield at
            return
        with _behind(tree, path, field) as end:
            yield end


@contextmanager
def _behind(tree: Tree, path: str, field: str) -> Iterator[Spot]:
    """The spot of what a link leads to."""
    found, place = tree.look(path, field)
    os.close(found)
    with spot(tree, place, field, follow=False) as at:
        yield at


@contextmanager
def locked(at: Spot, deadline: float) -> Iterator[None]:
    """Keep other writers of ours out of the folder meanwhile, also those of other servers.

    Waits until `deadline` (time.monotonic). Raises `Refused`.
    """
    wait = _FIRST_WAIT_SECONDS
    while not _lock(at.folder):
        if time.monotonic() + wait > deadline:
            why = f"others write beside `{at.field}` all the time"
            raise Refused(BUSY, why, field=at.field, hint="Try again.")
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
    try:
        yield
    finally:
        fcntl.flock(at.folder, fcntl.LOCK_UN)


def _lock(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _split(path: str, field: str) -> tuple[str, str]:
    folder, _, name = path.rstrip("/").rpartition("/")
    if name in _NO_NAMES:
        why = f"`{field}` must end with a name"
        raise Refused(ARGUMENT_INVALID, why, field=field, hint="Name a file or folder in it.")
    return folder or ".", name


def _joined(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


@contextmanager
def _folder(tree: Tree, path: str, field: str, *, make: bool) -> Iterator[int]:
    """The open folder at `path`; those on the way to it are made first, when they may be."""
    missing: list[str] = []
    opened = None
    while opened is None:
        try:
            opened = _opened(tree, path, field)
        except Refused as refused:
            if not make or refused.told["code"] != NOT_FOUND or path == ".":
                raise
            path, name = _split(path, field)
            missing.append(name)
    with ExitStack() as stack:
        stack.callback(os.close, opened)
        while missing:
            opened = stack.enter_context(_made(tree, opened, missing.pop(), field))
        yield opened


def _opened(tree: Tree, path: str, field: str) -> int:
    looked, _ = tree.look(path, field)
    try:
        if not stat.S_ISDIR(os.fstat(looked).st_mode):
            raise of_error(OSError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)), field)
        return reopened(looked, field)
    finally:
        os.close(looked)


@contextmanager
def _made(tree: Tree, above: int, name: str, field: str) -> Iterator[int]:
    """A folder in `above`: made, unless somebody was faster, and for good if all goes well."""
    tree.spare(_joined(tree.place(above), name), field)
    is_new = True
    try:
        try:
            os.mkdir(name, _FOLDER_MODE, dir_fd=above)
        except FileExistsError:
            is_new = False
        opened = os.open(name, _OPEN_FOLDER, dir_fd=above)
    except OSError as error:
        raise of_error(error, field) from None
    try:
        yield opened
        if is_new:
            os.fsync(above)
    except Refused:
        if is_new:
            with suppress(OSError):  # somebody else has put something into it
                os.rmdir(name, dir_fd=above)
        raise
    finally:
        os.close(opened)
