"""What stands at a path of a project, without following any link."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Something that no update reads or replaces."""

    at: PurePosixPath
    """The path itself, or a folder on the way to it."""
    what: str

    def __str__(self) -> str:
        return f"{self.at} {self.what}"


There = bytes | InTheWay | None
"""A file's content; or what is in its place; or nothing."""


def there(root: Path, path: PurePosixPath) -> There:
    """What stands at `path` below `root`."""
    at = path
    try:
        for at in reversed(path.parents[:-1]):
            if not stat.S_ISDIR(mode := (root / at).lstat().st_mode):
                return InTheWay(at, f"is {_KINDS.get(stat.S_IFMT(mode), 'no folder')}")
        at = path
        if not stat.S_ISREG(mode := (root / at).lstat().st_mode):
            return InTheWay(at, f"is {_KINDS.get(stat.S_IFMT(mode), 'no file')}")
        return (root / at).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as failed:
        return InTheWay(at, f"cannot be read: {failed.strerror}")
