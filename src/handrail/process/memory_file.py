"""Bytes as a descriptor: a file in memory, so that nobody must feed a pipe."""

from __future__ import annotations

import os


def memory_file(name: str, content: bytes) -> int:
    """A descriptor from which `content` can be read. Raises `OSError`."""
    file = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(file, "wb", closefd=False) as writer:
            writer.write(content)
        os.lseek(file, 0, os.SEEK_SET)
    except OSError:
        os.close(file)
        raise
    return file
