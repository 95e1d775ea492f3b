"""What a user may reach, as the kernel will judge it: mode bits, owner and group."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from handrail.plan.user import User

_MOST_LINKS = 40
"""Links that Linux follows in one path (path_resolution(7))."""


def blocked_at(path: Path, user: User, want: int = os.F_OK) -> Path | None:
    """Which folder on the way to `path`, or else `path`, keeps `user` from `want`.

    `want` is of `os.R_OK`, `os.W_OK` and `os.X_OK`; with `os.F_OK`, only the way is judged.
    Links are followed. None when nothing does, and for a path that leads nowhere. `user` has
    no capabilities and no supplementary groups, not even when it is root.
    """
    here, waiting, links = Path("/"), [*reversed(path.absolute().parts[1:])], 0
    while waiting:
        if not permits(here, user, os.X_OK):
            return here
        name = waiting.pop()
        target = _target(here / name)
        if name == "..":
            here = here.parent
        elif target is None:
            here = here / name
        elif (links := links + 1) > _MOST_LINKS:
            return None
        else:
            here = Path("/") if target.is_absolute() else here
            waiting += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    return None if permits(here, user, want) else here


def permits(path: Path, user: User | None, want: int) -> bool:
    """Whether `path` itself, links followed, allows `want` to `user`; None: the server's own.

    A folder that is read or written is also entered, or its names would be all there is.
    True where there is nothing to judge: no such file, or a list of access rights (acl(5))
    beside the bits.
    """
    try:
        found = path.stat()
    except PermissionError:
        return False  # not even to the server
    except OSError:
        return True
    if want and stat.S_ISDIR(found.st_mode):
        want |= os.X_OK
    if user is None:
        return os.access(path, want)
    if want & os.W_OK and os.statvfs(path).f_flag & os.ST_RDONLY:
        return False
    return _bits_for(user, found) & want == want or _has_acl(path)


def _bits_for(user: User, found: os.stat_result) -> int:
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid == user.uid:
        return mode >> 6 & 7
    return mode >> 3 & 7 if found.st_gid == user.gid else mode & 7


def _has_acl(path: Path) -> bool:
    if sys.platform != "linux":
        return False
    try:
        return bool(os.getxattr(path, "system.posix_acl_access"))
    except OSError:
        return False


def _target(path: Path) -> Path | None:
    try:
        return path.readlink()
    except OSError:
        return None  # no link, or nothing at all
