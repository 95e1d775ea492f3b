"""Changes are made to a project: all of them, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from handrail.errors import UsageError
from handrail.scaffold.update.changes import Change
from handrail.scaffold.update.journal import (
    Journal,
    Step,
    begin,
    clear,
    digest,
    end,
    is_under_way,
    sync,
    take_back,
)
from handrail.scaffold.update.place import NEW, OLD, PATCH
from handrail.scaffold.update.there import there
from handrail.scaffold.write import fill_folder


def apply(root: Path, changes: Sequence[Change]) -> None:
    """Make `changes`, each a file that is written or removed, in the order in which they come.

    Raises `UsageError` when they cannot be made, or when a file is not as it was when they were
    found; whatever is raised, the project is as it was.
    """
    try:
        _prepare(root, changes)
        _make(root, changes)
    except OSError as failed:
        at = failed.filename or root
        raise UsageError(
            f"{at} cannot be written: {failed.strerror or failed}; nothing is changed"
        ) from failed
    clear(root)
    (root / PATCH).unlink(missing_ok=True)


def _prepare(root: Path, changes: Sequence[Change]) -> None:
    """All that needs space and time; after it, files only change their names."""
    try:
        lay_out(root, changes)
        _keep(root, changes)
        for folder in (NEW, OLD):
            for inner, _, _ in os.walk(root / folder):
                sync(Path(inner))
        begin(root, _journal(root, changes))
    except BaseException:
        clear(root)
        raise


def _make(root: Path, changes: Sequence[Change]) -> None:
    try:
        for change in changes:
            _step(root, change)
        for folder in {(root / change.path).parent for change in changes}:
            sync(folder)
        end(root)
    except BaseException:
        if is_under_way(root):
            take_back(root)
        raise


def _step(root: Path, change: Change) -> None:
    path = root / change.path
    if change.after is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        (root / NEW / change.path).replace(path)


def lay_out(root: Path, changes: Sequence[Change]) -> None:
    """Put what the files are to become where it can be looked at, and taken from."""
    new = root / NEW
    shutil.rmtree(new, ignore_errors=True)
    fill_folder(new, {one.path: one.after for one in changes if one.after is not None})
    for change in changes:
        if change.before is not None and change.after is not None:
            shutil.copymode(root / change.path, new / change.path)


def _keep(root: Path, changes: Sequence[Change]) -> None:
    """Keep what the files are, if it is what `changes` say."""
    for change in changes:
        if there(root, change.path) != change.before:
            raise UsageError(
                f"{root / change.path} was changed while the update ran", hint="Run it again."
            )
        if change.before is not None:
            kept = root / OLD / change.path
            kept.parent.mkdir(parents=True, exist_ok=True)
            _link(root / change.path, kept)


def _link(file: Path, kept: Path) -> None:
    """The same file under a second name; a copy where the file system has no such thing."""
    try:
        kept.hardlink_to(file)
    except OSError:
        shutil.copy2(file, kept)
        with kept.open("rb") as copy:
            os.fsync(copy.fileno())


def _journal(root: Path, changes: Sequence[Change]) -> Journal:
    steps = tuple(Step(str(one.path), digest(one.before), digest(one.after)) for one in changes)
    needed = {folder for one in changes if one.after is not None for folder in one.path.parents}
    missing = sorted(one for one in needed if not (root / one).exists())
    return Journal(steps, tuple(map(str, missing)))
