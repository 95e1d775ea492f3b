"""Whether a folder holds what is kept: then it is neither moved nor deleted nor copied."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from handrail.systems.files.names import DRAFT, is_kept
from handrail.systems.files.parent import Spot
from handrail.systems.files.refused import ARGUMENT_INVALID, BUSY, DENIED, Refused, of_error
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Identity
from handrail.systems.files.walk import MOST_LEVELS

_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def refuse_holding(setting: Setting, at: Spot) -> int:
    """Refuse a folder with a repository, our state or a secret in it, at any depth, and a secret
    by another name; its size in bytes.

    The server file is refused by its place, where a spot is made.
    """
    found, secrets = at.status(), setting.tree.secrets()
    if found is None or not stat.S_ISDIR(found.st_mode):
        return 0 if found is None else _size(found, secrets, at)
    try:
        folder = os.open(at.name, _OPEN, dir_fd=at.folder)
        try:
            return sum(_sizes(setting, folder, at))
        finally:
            os.close(folder)
    except OSError as error:
        raise of_error(error, at.field) from None


def _sizes(setting: Setting, top: int, at: Spot) -> Iterator[int]:
    """The size of every file below a folder that may be moved. Raises `Refused`."""
    secrets = setting.tree.secrets()
    for way, folders, files, inside in os.fwalk(dir_fd=top, onerror=_raise):
        if way.count("/") > MOST_LEVELS:
            why = f"`{at.field}` has more than {MOST_LEVELS} levels of folders"
            raise Refused(ARGUMENT_INVALID, why, field=at.field, hint="Name one further down.")
        if any(map(_keeps, (*folders, *files))):
            why = f"`{at.field}` holds a repository or our state"
            hint = "Name what is in it, one after another, without `.git` and `.handrail`."
            raise Refused(DENIED, why, field=at.field, hint=hint)
        if setting.is_late:
            why = f"`{at.field}` is too large to be looked through in time"
            raise Refused(BUSY, why, field=at.field, hint="Name folders in it instead.")
        for name in files:
            yield _size(os.stat(name, dir_fd=inside, follow_symlinks=False), secrets, at)


def _keeps(name: str) -> bool:
    # What a killed writer left is nobody's.
    return is_kept(name) and name != DRAFT


def _size(found: os.stat_result, secrets: frozenset[Identity | None], at: Spot) -> int:
    if (found.st_dev, found.st_ino) in secrets:
        raise Refused(DENIED, f"`{at.field}` names what no tool may read", field=at.field)
    return found.st_size


def _raise(error: OSError) -> None:
    raise error
