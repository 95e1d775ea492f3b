"""Why work on files is not done: told to whoever asked, with a published code (design §5)."""

from __future__ import annotations

import errno
from collections.abc import Mapping

ARGUMENT_INVALID = "argument_invalid"
PATH_OUTSIDE_WORKSPACE = "path_outside_workspace"
DENIED = "denied"
NOT_FOUND = "not_found"
STORAGE_FULL = "storage_full"
BUSY = "busy"

_CODES = {
    errno.ENOENT: (NOT_FOUND, "there is nothing there"),
    errno.EXDEV: (PATH_OUTSIDE_WORKSPACE, "leads outside the workspace"),
    errno.ELOOP: (PATH_OUTSIDE_WORKSPACE, "has too many links, or one that leads nowhere"),
    errno.ENOTDIR: (ARGUMENT_INVALID, "goes through something that is no folder"),
    errno.EISDIR: (ARGUMENT_INVALID, "is a folder"),
    errno.EEXIST: (ARGUMENT_INVALID, "is there already"),
    errno.ENAMETOOLONG: (ARGUMENT_INVALID, "has a name that is too long"),
    errno.EACCES: (DENIED, "may not be used so by the user that the server works as"),
    errno.EPERM: (DENIED, "may not be used so by the user that the server works as"),
    errno.EROFS: (DENIED, "lies where nothing can be written"),
    errno.ENOSPC: (STORAGE_FULL, "does not fit: the disk is full"),
    errno.EDQUOT: (STORAGE_FULL, "does not fit: the quota of disk space is used up"),
    errno.EFBIG: (STORAGE_FULL, "would become larger than a file may be here"),
    errno.EAGAIN: (BUSY, "is held by another program"),
    errno.EMFILE: (BUSY, "cannot be opened: too many files are open"),
    errno.ENFILE: (BUSY, "cannot be opened: too many files are open"),
    errno.ENOMEM: (BUSY, "does not fit into memory"),
}


class Refused(Exception):
    """The work is not done, and nothing of it is left half done."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str | None = None,
        allowed: object = None,
    ) -> None:
        super().__init__(message)
        more = {"field": field, "hint": hint, "allowed": allowed}
        known = {name: value for name, value in more.items() if value is not None}
        self.told: dict[str, object] = {"code": code, "message": message, **known}


def of_error(error: OSError, field: str, hints: Mapping[int, str] | None = None) -> Refused:
    """What the kernel said about the path in the argument `field`, in our words.

    `hints` by error number: what to do about it.
    """
    number = error.errno or 0
    code, words = _CODES.get(number, (ARGUMENT_INVALID, f"cannot be used: {error.strerror}"))
    hint = (hints or {}).get(number) or _hint(number)
    return Refused(code, f"`{field}`: {words}", field=field, hint=hint)


def _hint(number: int) -> str | None:
    match number:
        case errno.ENOENT:
            return "list_files and find_files say what there is."
        case errno.EXDEV:
            return "Give a path below the workspace. Links with absolute targets are not followed."
        case _:
            return None
