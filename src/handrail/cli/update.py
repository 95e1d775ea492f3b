"""`handrail update`: an ejected project is brought in line with its server file."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter

from handrail.cli import streams
from handrail.cli.options import AsJson
from handrail.scaffold.update.changes import Change, Kind
from handrail.scaffold.update.patch import patch
from handrail.scaffold.update.place import NEW, PATCH, find_root
from handrail.scaffold.update.update import Ending, Updated, Way, recover
from handrail.scaffold.update.update import update as update_project

Flag = Annotated[bool, Parameter(negative="")]
_TAIL = 40
"""Lines of what failing tests said."""
_FOUND = {Ending.CONFLICTS, Ending.MARKED, Ending.TESTS_FAILED}


def update(  # noqa: PLR0913  # one for each option
    folder: Path | None = None,
    *,
    dry_run: Flag = False,
    diff: Flag = False,
    mark: Flag = False,
    no_tests: Flag = False,
    recover_: Annotated[bool, Parameter(name="--recover", negative="")] = False,
    json_: AsJson = False,
) -> int:
    """Bring an ejected project in line with its server file; what you changed by hand stays.

    Nothing is written when you and the update have changed the same lines, or when the tests of
    the merged project fail.

    Parameters
    ----------
    folder
        The project; the one here or in the nearest parent when left out.
    dry_run
        Write nothing; say what would be written.
    diff
        Print every change as a patch, too.
    mark
        Where you and the update have changed the same lines, write both with marks around them.
    no_tests
        Write the merged project without running its tests before.
    recover_
        Only take back an update that was interrupted.
    json_
        Print what was done as JSON.
    """
    root = find_root(folder or Path.cwd())
    with _ended_by_signals():
        if recover_:
            return _recover(root)
        done = update_project(root, Way(dry=dry_run, mark=mark, tests=not no_tests), streams.note)
    shown = patch(done.changes).decode(errors="replace") if diff else None
    if json_:
        streams.say(json.dumps({**_facts(root, done), "patch": shown}, indent=2))
    else:
        _tell(done, shown)
    return 1 if done.ending in _FOUND or _is_undecided(done) else 0


def _recover(root: Path) -> int:
    if not recover(root, streams.note):
        streams.note("nothing to take back: no update was interrupted")
    return 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Whoever asks us to end is heard between two steps, so that all can be put back."""
    heard = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, _end) for number in heard]
    try:
        yield
    finally:
        for number, handler in zip(heard, before, strict=True):
            signal.signal(number, handler)


def _end(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def _is_undecided(done: Updated) -> bool:
    return any(one.kind is Kind.CONFLICT for one in done.changes)


def _tell(done: Updated, shown: str | None) -> None:
    for change in done.changes:
        streams.say(f"{change.kind:<9} {change.path}" + (f": {change.note}" if change.note else ""))
        for one in change.disagreements:
            line = one.marked if done.ending is Ending.MARKED else one.line
            streams.note(f"{change.path}:{line}: {one.message}")
    if shown:
        streams.say(shown)
    if done.ending is Ending.TESTS_FAILED:
        streams.note("\n".join(done.output.splitlines()[-_TAIL:]))
    streams.note(_summary(done))


def _summary(done: Updated) -> str:
    written = sum(change.writes for change in done.changes)
    files = f"{written} file{'' if written == 1 else 's'}"
    shown = f"{PATCH} is a patch of it, and {NEW} has the files"
    match done.ending:
        case Ending.UP_TO_DATE:
            return "already up to date"
        case Ending.SHOWN:
            return f"would write {files}"
        case Ending.DONE:
            return f"wrote {files}"
        case Ending.MARKED:
            return f"wrote {files}; decide where the marks are"
        case Ending.CONFLICTS:
            return (
                f"nothing is written: {shown}\n"
                "hint: --mark writes both sides with marks, for you to decide between."
            )
        case Ending.TESTS_FAILED:
            return (
                f"nothing is written, for the tests of the merged project fail: {shown}\n"
                "hint: If they failed before, mend that first. --no-tests updates without them."
            )


def _facts(root: Path, done: Updated) -> dict[str, object]:
    return {
        "folder": str(root),
        "ending": done.ending,
        "changes": [_fact(change) for change in done.changes],
        "output": done.output,
    }


def _fact(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "path": str(change.path),
        "writes": change.writes,
        "note": change.note,
        "conflicts": [
            {"line": one.line, "marked_line": one.marked, "message": one.message}
            for one in change.disagreements
        ],
    }
