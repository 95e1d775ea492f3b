"""Whether a folder holds what is kept: then it is neither moved nor deleted nor copied."""

from __future__ import annotations

import os
import stat

from handrail.systems.files.names import is_kept
from handrail.systems.files.parent import Spot
from handrail.systems.files.refused import BUSY, DENIED, Refused, of_error
from handrail.systems.files.setting import Setting

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def refuse_holding(setting: Setting, at: Spot) -> int:
    """Refuse a folder with a repository or our state in it, at any depth; its size in bytes.

    The server file and files of secrets are refused by their places, where a spot is made.
    """
    found = at.status()
    if found is None or not stat.S_ISDIR(found.st_mode):
        return 0 if found is None else found.st_size
    size = 0
    try:
        folder = os.open(at.name, _OPEN, dir_fd=at.folder)
    except OSError as error:
        raise of_error(error, at.field) from None
    try:
        for _, folders, files, inside in os.fwalk(dir_fd=folder, onerror=_raise):
            if any(map(is_kept, (*folders, *files))):
                why = f"`{at.field}` holds a repository or our state"
                hint = "Name what is in it, one after another, without `.git` and `.handrail`."
                raise Refused(DENIED, why, field=at.field, hint=hint)
            size += sum(_size(name, inside) for name in files)
            if setting.is_late:
                why = f"`{at.field}` is too large to be looked through in time"
                raise Refused(BUSY, why, field=at.field, hint="Name folders in it instead.")
    except OSError as error:
        raise of_error(error, at.field) from None
    finally:
        os.close(folder)
    return size


def _size(name: str, folder: int) -> int:
    return os.stat(name, dir_fd=folder, follow_symlinks=False).st_size


def _raise(error: OSError) -> None:
    raise error
