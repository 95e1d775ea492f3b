"""Where an update finds a project, and where in it it does its work."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from handrail.errors import UsageError
from handrail.scaffold.eject.manifest import MANIFEST

STATE = PurePosixPath(".handrail")
PLACE = STATE / "update"
NEW = PLACE / "new"
"""What files are to become."""
OLD = PLACE / "old"
"""What files were, while an update is applied."""
PATCH = STATE / "update.patch"


def find_root(start: Path) -> Path:
    """The ejected project in `start` or its nearest parent. Raises `UsageError` for none."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / MANIFEST).is_file():
            return folder
    raise UsageError(
        f"no ejected project in {here} or above it: there is no {MANIFEST}",
        hint="`handrail eject FOLDER` makes one; only those can be updated.",
    )


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Nobody else updates the project meanwhile. A killed process lets go of it."""
    try:
        descriptor = os.open(root / STATE, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as failed:
        raise UsageError(f"{root / STATE} cannot be opened: {failed.strerror}") from failed
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UsageError(f"another update of {root} is running") from None
    finally:
        os.close(descriptor)


def is_inside(path: PurePosixPath) -> bool:
    """Whether a path that some file names leads to a file of the project, and not to our work."""
    ours = PLACE in (path, *path.parents)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and not ours


def free_name(root: Path, path: PurePosixPath, suffix: str) -> PurePosixPath:
    """A name beside `path` that nothing has: with the suffix, and a number where needed."""
    name, number = f"{path.name}{suffix}", 1
    while os.path.lexists(root / path.with_name(name)):
        number += 1
        name = f"{path.name}{suffix}.{number}"
    return path.with_name(name)
