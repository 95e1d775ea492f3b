"""`handrail update`: what was changed by hand, and what the server file says now, become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from handrail.errors import UsageError
from handrail.scaffold.update import journal
from handrail.scaffold.update.apply import apply, lay_out
from handrail.scaffold.update.changes import Change, Kind, changes
from handrail.scaffold.update.patch import patch
from handrail.scaffold.update.place import PATCH, locked
from handrail.scaffold.update.renders import (
    is_recorded,
    last_render,
    next_render,
    record,
    runtime,
)
from handrail.scaffold.update.trial import python_of, remove_left, try_out
from handrail.scaffold.write import fill_folder


class Ending(StrEnum):
    """How an update ended."""

    UP_TO_DATE = "up_to_date"
    SHOWN = "shown"
    """Nothing was to be written."""
    DONE = "done"
    MARKED = "marked"
    """It is done, with marks where a person must decide."""
    CONFLICTS = "conflicts"
    """Nothing is written."""
    TESTS_FAILED = "tests_failed"
    """Nothing is written."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to update."""

    dry: bool = False
    """Write nothing, and say what would be written."""
    mark: bool = False
    """Write marks where a person must decide, instead of nothing."""
    tests: bool = True
    """Write nothing unless the tests of the merged project pass."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What was found and done."""

    ending: Ending
    changes: Sequence[Change] = ()
    output: str = ""
    """What tests said that failed."""


def update(root: Path, way: Way, note: Callable[[str], None]) -> Updated:
    """Bring the project in `root` in line with its server file; `note` hears what is under way.

    Raises `SpecError` for what is wrong with the server file, and `UsageError` for what is wrong
    with the project, or when it cannot be written; then it is as it was.
    """
    with locked(root):
        if journal.is_under_way(root) and way.dry:
            raise UsageError(
                "an update was interrupted", hint="`handrail update --recover` takes it back."
            )
        if not way.dry:
            _recover(root, note)
        last = last_render(root)
        new = next_render(root, last)
        found = [*changes(root, last.base, new), *runtime(root, last)]
        if not found and is_recorded(last, new):
            return Updated(Ending.UP_TO_DATE)
        if way.dry:
            return Updated(Ending.SHOWN if found else Ending.UP_TO_DATE, found)
        return _write(root, found, record(root, new, last.choices), way, note)


def recover(root: Path, note: Callable[[str], None]) -> bool:
    """Take back an update that was interrupted; whether there was one."""
    with locked(root):
        return _recover(root, note)


def _recover(root: Path, note: Callable[[str], None]) -> bool:
    interrupted = journal.is_under_way(root)
    remove_left(root)
    if interrupted:
        aside = journal.take_back(root)
        note("an update was interrupted: it is taken back, and the project as it was before")
        for path in aside:
            note(f"kept {path}: changed since by somebody else")
    journal.clear(root)
    return interrupted


def _write(
    root: Path,
    found: Sequence[Change],
    recorded: Sequence[Change],
    way: Way,
    note: Callable[[str], None],
) -> Updated:
    written = [one for one in found if one.writes]
    has_conflicts = any(one.kind is Kind.CONFLICT for one in found)
    if has_conflicts and not way.mark:
        _show(root, written)
        return Updated(Ending.CONFLICTS, found)
    if written and way.tests and not has_conflicts:
        note(f"running the tests of the merged project with {python_of(root)}")
        ran = try_out(root, written)
        if not ran.has_passed:
            _show(root, written)
            return Updated(Ending.TESTS_FAILED, found, ran.output)
    apply(root, [*written, *recorded])
    ending = Ending.MARKED if has_conflicts else Ending.DONE if found else Ending.UP_TO_DATE
    return Updated(ending, found)


def _show(root: Path, written: Sequence[Change]) -> None:
    """Leave what would have been written where it can be looked at."""
    try:
        lay_out(root, written)
        (root / PATCH).unlink(missing_ok=True)
        fill_folder(root, {PATCH: patch(written)})
    except OSError as failed:
        raise UsageError(f"{failed.filename} cannot be written: {failed.strerror}") from failed
