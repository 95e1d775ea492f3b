"""A program, found once when the server starts and the same file ever after."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from handrail.errors import SpawnFailed


@dataclass(frozen=True, slots=True)
class Program:
    """A program's absolute path, and which file that was when it was found.

    `path` keeps its links (a virtual environment's `python` is one, and works only under
    its own name); the rest is of the file that they lead to. Not the time of its last change
    of any kind: another hard link to it, as package caches make, is no exchange.
    """

    name: str
    path: Path
    device: int
    inode: int
    mode: int
    owner: int
    size: int
    modified_ns: int

    @classmethod
    def at(cls, name: str, path: Path) -> Program:
        """Note which file `path` leads to. Raises `OSError` when it leads to none."""
        found = path.stat()
        return cls(
            name=name,
            path=path,
            device=found.st_dev,
            inode=found.st_ino,
            mode=found.st_mode,
            owner=found.st_uid,
            size=found.st_size,
            modified_ns=found.st_mtime_ns,
        )

    def recheck(self) -> None:
        """Refuse a program that was exchanged since it was found.

        Raises `SpawnFailed` when the path now leads to another file, or when its content,
        owner or mode changed.
        """
        try:
            now = Program.at(self.name, self.path)
        except OSError as gone:
            raise SpawnFailed(
                f"{self.name} is gone since the server started: {gone.strerror}"
            ) from None
        if now != self:
            raise SpawnFailed(
                f"{self.name} was changed since the server started",
                hint="Restart the server to accept the new file.",
            )


def find(name: str, search_path: str) -> Path | None:
    """The first executable regular file called `name` on `search_path` (colon-separated).

    Relative entries are skipped: what they mean depends on the current directory.
    """
    folders = (Path(entry) for entry in search_path.split(":") if entry.startswith("/"))
    return next((path for folder in folders if is_program(path := folder / name)), None)


def is_program(path: Path) -> bool:
    """Whether `path` leads to a regular file that this user may execute."""
    try:
        return stat.S_ISREG(path.stat().st_mode) and os.access(path, os.X_OK)
    except OSError:
        return False
