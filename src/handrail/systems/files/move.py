"""Give a file, a folder or a link another name, where there is nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from handrail.systems.files.holding import refuse_holding
from handrail.systems.files.names import is_below, shown
from handrail.systems.files.parent import Spot, locked, spot
from handrail.systems.files.refused import ARGUMENT_INVALID, NOT_FOUND, Refused, of_error
from handrail.systems.files.replace import rename_new
from handrail.systems.files.setting import Setting

_APART = "Copy it there with copy_file, and delete it here."


def move(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """Rename `path` to `to`, at once. Raises `Refused`, and then nothing has changed."""
    with both(setting, given) as (source, target):
        refuse_holding(setting, source)
        renamed(source, target)
        return {"path": shown(source.place), "to": shown(target.place)}


@contextmanager
def both(
    setting: Setting, given: Mapping[str, Any], *, follow: bool = False
) -> Iterator[tuple[Spot, Spot]]:
    """The spots of `path`, where something is, and of `to`, which is not in it; both locked.

    `follow`: when `path` is a link, what it leads to.
    """
    tree = setting.tree
    with (
        spot(tree, given["path"], follow=follow) as source,
        spot(tree, given["to"], "to", follow=False, make=True) as target,
        _both_locked(source, target, setting.deadline),
    ):
        if source.status() is None:
            hint = "list_files and find_files say what there is."
            raise Refused(NOT_FOUND, "`path`: there is nothing there", field="path", hint=hint)
        if is_below(target.place, source.place):
            raise Refused(ARGUMENT_INVALID, "`to` is `path` itself, or in it", field="to")
        yield source, target


@contextmanager
def _both_locked(one: Spot, other: Spot, deadline: float) -> Iterator[None]:
    """Lock two folders, always in one order, lest two calls wait for each other for ever."""
    first, second = sorted((one, other), key=_identity)
    if _identity(first) == _identity(second):
        with locked(first, deadline):
            yield
        return
    with locked(first, deadline), locked(second, deadline):
        yield


def _identity(at: Spot) -> tuple[int, int]:
    found = os.fstat(at.folder)
    return found.st_dev, found.st_ino


def renamed(source: Spot, target: Spot, apart: str = _APART) -> None:
    """Rename, unless something is there, or it is on another disk: `apart` says what to do then.

    Raises `Refused`.
    """
    try:
        rename_new(source, target)
        os.fsync(target.folder)
        os.fsync(source.folder)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise of_error(error, target.field) from None
        why = f"`{target.field}` is on another disk"
        raise Refused(ARGUMENT_INVALID, why, field=target.field, hint=apart) from None
