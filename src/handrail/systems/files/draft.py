"""What is about to be in a folder, under a name of ours for as long as it is not whole.

There is one such name in each folder, for whoever has locked it: what a killed writer left there,
the next one removes. Until then lists do not show it, and no tool can read or write it.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from handrail.systems.files.names import DRAFT

_NO_UNNAMED = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS)
_NEW = os.O_RDWR | os.O_CLOEXEC


@contextmanager
def drafted(folder: int, content: bytes, mode: int) -> Iterator[int]:
    """A file that is named `DRAFT` meanwhile, with all of `content` on the disk."""
    clear(folder)
    file, is_named = _new_file(folder)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]
        os.fchmod(file, mode)
        os.fsync(file)
        if not is_named:
            # By its place in proc(5): linkat(2) by the descriptor itself takes a capability.
            os.link(f"/proc/self/fd/{file}", DRAFT, dst_dir_fd=folder, follow_symlinks=True)
        yield file
    finally:
        os.close(file)
        clear(folder)


def clear(folder: int) -> None:
    """Remove the draft of a locked folder, be it a file or a tree."""
    with suppress(FileNotFoundError):
        try:
            os.unlink(DRAFT, dir_fd=folder)
        except IsADirectoryError:
            shutil.rmtree(DRAFT, dir_fd=folder)


def _new_file(folder: int) -> tuple[int, bool]:
    """A file without a name; where there can be none, one with a name of ours."""
    try:
        return os.open(".", os.O_TMPFILE | _NEW, 0o600, dir_fd=folder), False
    except OSError as error:
        if error.errno not in _NO_UNNAMED:
            raise
    return os.open(DRAFT, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | _NEW, 0o600, dir_fd=folder), True
