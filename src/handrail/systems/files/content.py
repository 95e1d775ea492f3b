"""The content of one open file: all of it in memory when it is small, otherwise piece by piece."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

LARGEST_WHOLE = 16 * 1024 * 1024
"""Bytes of a file that is read as a whole, and hashed with it."""
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Content:
    """What the file held when it was opened here, as far as anyone can tell.

    `whole` is None for a file that is not small. `version` changes with its content.
    """

    file: int
    size: int
    whole: bytes | None
    version: Version

    @classmethod
    def of(cls, file: int) -> Content:
        """Look at an open file, and read it when it is small."""
        version = version_of(file)
        whole = _whole(file) if version[0] <= LARGEST_WHOLE else None
        # Files of proc(5) and its like say that they are empty, and are not.
        size = max(version[0], LARGEST_WHOLE + 1) if whole is None else len(whole)
        return cls(file, size, whole, version)

    def at(self, offset: int, most: int) -> bytes:
        """The bytes from `offset` on, `most` of them; fewer only at the end."""
        if self.whole is not None:
            return self.whole[offset : offset + most]
        return read_at(self.file, offset, most)

    @property
    def hash(self) -> str | None:
        """The SHA-256 of all that was read; None when that was only a part."""
        return None if self.whole is None else hashlib.sha256(self.whole).hexdigest()

    @property
    def is_stale(self) -> bool:
        """Whether the file has changed since, be it a moment ago."""
        return version_of(self.file) != self.version


def read_at(file: int, offset: int, most: int) -> bytes:
    """`most` bytes from `offset` on; fewer only at the end of the file."""
    parts = []
    while most > 0 and (part := os.pread(file, most, offset)):
        parts.append(part)
        offset += len(part)
        most -= len(part)
    return b"".join(parts)


def _whole(file: int) -> bytes | None:
    read = read_at(file, 0, LARGEST_WHOLE + 1)
    return read if len(read) <= LARGEST_WHOLE else None


def version_of(file: int) -> Version:
    """What changes when an open file does, or its name; by the clock of the file system."""
    found = os.fstat(file)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns
