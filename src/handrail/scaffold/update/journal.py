"""What is under way in a project, so that it can be taken back whatever happens.

It is there from before the first change until after the last: as long as it is, the project is
between two states, and `take_back` leads to the earlier one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from handrail.errors import UsageError
from handrail.scaffold.update.place import NEW, OLD, PLACE, free_name, is_inside
from handrail.scaffold.write import write_file

_JOURNAL = PLACE / "journal.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One file is made, replaced or removed; None stands for no file, else it is a digest."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Journal:
    """The steps in their order, and the folders that are made for them."""

    steps: tuple[Step, ...]
    folders: tuple[str, ...]


def digest(data: bytes | None) -> str | None:
    """By which a content is known again."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def is_under_way(root: Path) -> bool:
    """Whether an update began and did not end."""
    return (root / _JOURNAL).exists()


def begin(root: Path, journal: Journal) -> None:
    """From here on the update is under way."""
    write_file(root / _JOURNAL, json.dumps(asdict(journal), indent=1))
    sync(root / PLACE)


def end(root: Path) -> None:
    """From here on it is done."""
    (root / _JOURNAL).unlink()
    sync(root / PLACE)


def take_back(root: Path) -> list[PurePosixPath]:
    """Undo an update that is under way, whoever began it. It may be interrupted, and done again.

    A file that somebody changed after the update was interrupted is kept under another name:
    these names.
    """
    journal = _read(root / _JOURNAL)
    try:
        return _take_back(root, journal)
    except OSError as failed:
        at = failed.filename or root
        raise UsageError(
            f"an interrupted update cannot be taken back: {at}: {failed.strerror or failed}",
            hint="`handrail update --recover` goes on with it.",
        ) from failed


def clear(root: Path) -> None:
    """Remove what an update needs while it is under way."""
    (root / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(root / PLACE, ignore_errors=True)


def _take_back(root: Path, journal: Journal) -> list[PurePosixPath]:
    aside = [kept for step in reversed(journal.steps) for kept in _undo(root, step)]
    for folder in reversed(journal.folders):
        # Something of somebody else's may be in it by now.
        with suppress(OSError):
            (root / folder).rmdir()
    for changed in {(root / step.path).parent for step in journal.steps}:
        if changed.is_dir():
            sync(changed)
    end(root)
    clear(root)
    return aside


def sync(folder: Path) -> None:
    """What was made, renamed or removed in it stays so, even when the power fails."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _undo(root: Path, step: Step) -> list[PurePosixPath]:
    """Undo a step, if it was done: then what it writes has left its place."""
    path, new, old = root / step.path, root / NEW / step.path, root / OLD / step.path
    if os.path.lexists(path if step.after is None else new):
        return []
    aside = _set_aside(root, step)
    if step.before is None:
        path.unlink(missing_ok=True)
    elif old.exists():
        old.replace(path)
    return aside


def _set_aside(root: Path, step: Step) -> list[PurePosixPath]:
    path = root / step.path
    if not path.is_file() or digest(path.read_bytes()) in (step.before, step.after):
        return []
    name = free_name(root, PurePosixPath(step.path), ".yours")
    path.replace(root / name)
    return [name]


def _read(path: Path) -> Journal:
    try:
        data = json.loads(path.read_bytes())
        steps = tuple(Step(one["path"], one["before"], one["after"]) for one in data["steps"])
        journal = Journal(steps, tuple(data["folders"]))
        inside = all(
            is_inside(PurePosixPath(one))
            for one in (*(step.path for step in steps), *journal.folders)
        )
        if inside:
            return journal
        wrong = "it names files outside the project"
    except (OSError, KeyError, TypeError, ValueError) as failed:
        wrong = str(failed)
    raise UsageError(
        f"{path} cannot be read: {wrong}",
        hint=f"The files as they were are in {path.with_name(OLD.name)}; "
        f"put them back, then remove {PLACE}.",
    )
