"""Whether a view of the disk still covers what it was made to cover.

A mount lies on a file, not on a name: who replaces the file outside, as editors do when they
save, takes the mount away from under the name, in every view at once (mount_namespaces(7)).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence


def check(kept: Sequence[bytes], masked: Sequence[bytes]) -> None:
    """Raise `OSError` (ESTALE) unless `kept` cannot be written and `masked` cannot be seen."""
    for path in kept:
        if not _holds(path, _is_read_only):
            raise _stale(path)
    for path in masked:
        if not _holds(path, _is_mounted):
            raise _stale(path)


def _holds(path: bytes, what: Callable[[bytes], bool]) -> bool:
    try:
        return what(path)
    except OSError:
        return False  # it is gone, so another may come


def _is_read_only(path: bytes) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _is_mounted(path: bytes) -> bool:
    return os.lstat(path).st_dev != os.lstat(os.path.dirname(path)).st_dev


def _stale(path: bytes) -> OSError:
    return OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
