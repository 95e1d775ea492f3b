"""What was seen in folders, remembered for as long as they do not change.

No name comes into a folder or goes without the kernel setting the folder's ctime, which nobody
else can set (inode(7)). It moves in steps of some milliseconds: of a folder that has just
changed, nothing is remembered.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

_SETTLED_NS = 2_000_000_000
"""Far more than a step of any clock of files."""
_MOST = 100_000
_remembered: dict[str, Seen] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """The folders in a folder, by their paths, and how many names it has."""

    mark: tuple[int, int, int]
    folders: tuple[str, ...]
    names: int
    has_git: bool


def look(folder: str) -> Seen | None:
    """What is in a folder; None when it cannot be read. Links are no folders."""
    try:
        found = os.stat(folder, follow_symlinks=False)  # noqa: PTH116  # thousands of them, as text
        mark = (found.st_dev, found.st_ino, found.st_ctime_ns)
        known = _remembered.get(folder)
        if known is not None and known.mark == mark:
            return known
        seen = _scanned(folder, mark)
    except OSError:
        return None
    if time.time_ns() - found.st_ctime_ns > _SETTLED_NS:
        if len(_remembered) >= _MOST:
            _remembered.clear()
        _remembered[folder] = seen
    return seen


def _scanned(folder: str, mark: tuple[int, int, int]) -> Seen:
    folders, names, has_git = [], 0, False
    with os.scandir(folder) as entries:
        for entry in entries:
            names += 1
            if entry.name == ".git":
                has_git = True
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
    return Seen(mark, tuple(folders), names, has_git)
