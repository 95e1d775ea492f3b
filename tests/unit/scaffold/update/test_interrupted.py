"""An update that is interrupted leaves the project as it was, or is wholly done."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.update import journal
from handrail.scaffold.update.apply import apply
from handrail.scaffold.update.update import Ending, recover
from tests.unit.scaffold.update.breaking import (
    Fail,
    ended,
    full,
    interrupted,
    killed,
    update_that_fails,
)
from tests.unit.scaffold.update.projects import Project, copied, everything
from tests.unit.scaffold.update.test_hand_edits import everything_at_once, setting

CODES = {killed: -signal.SIGKILL, ended: 128 + signal.SIGTERM, interrupted: 130, full: 2}
STEPS = 175
"""About as many as an update of this project has."""
SOME = random.Random(8)  # noqa: S311  # nobody is to be surprised
IN_THE_MIDDLE = 122
"""A step when some files are changed and some are not."""


@pytest.fixture
def changed(project: Project) -> Project:
    """A project of which an update merges, makes, replaces and removes files."""
    setting(project)
    project.change("handrail.toml", 'name = "count"', 'name = "count_lines"')
    (project.root / "src/words/server.py").chmod(0o600)
    # A part more: its file is in a folder that is not there.
    project.change(".handrail/manifest.json", '"parts": [', '"parts": ["kubernetes",')
    everything_at_once(project)
    return project


@pytest.mark.parametrize(
    ("how", "steps"),
    [
        (killed, SOME.sample(range(1, STEPS), 15)),
        (ended, SOME.sample(range(1, STEPS), 2)),
        (interrupted, SOME.sample(range(1, STEPS), 2)),
        (full, SOME.sample(range(1, IN_THE_MIDDLE - 30), 2)),
    ],
)
def test_it_is_as_before_or_wholly_done(
    changed: Project, tmp_path: Path, how: Fail, steps: list[int]
) -> None:
    assert interrupted_at(sorted(steps), changed, tmp_path, how) == max(steps)


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("how", [killed, ended, interrupted, full])
def test_it_is_as_before_or_wholly_done_wherever_it_is_interrupted(
    changed: Project, tmp_path: Path, how: Fail
) -> None:
    last = interrupted_at(range(1, 2 * STEPS), changed, tmp_path, how)

    assert STEPS / 2 < last < 2 * STEPS - 1


def interrupted_at(steps: Iterable[int], project: Project, folder: Path, how: Fail) -> int:
    """Interrupt an update of `project` at each of these steps; the last that it came to."""
    before = everything(project.root)
    done = copied(project, folder / "done")
    assert done.update().ending is Ending.DONE
    after, last = everything(done.root), 0
    for step in steps:
        one = copied(project, folder / str(step))
        code = update_that_fails(one.root, step, how)
        if how is not killed:
            assert work_apart(everything(one.root)) in (before, after), (step, code)
        recover(one.root, lambda _: None)
        now = everything(one.root)
        shutil.rmtree(one.root)
        if code is None:
            assert now == after, step
            return last
        assert code == CODES[how], step
        assert now == before or (now == after and how is not full), step
        last = step
    return last


def work_apart(found: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    return {path: one for path, one in found.items() if not path.startswith(".handrail/update")}


@pytest.fixture
def halved(changed: Project) -> Project:
    """A project between two states."""
    before = everything(changed.root)
    assert update_that_fails(changed.root, IN_THE_MIDDLE, killed) == -signal.SIGKILL
    assert work_apart(everything(changed.root)) != before
    assert journal.is_under_way(changed.root)
    return changed


def test_the_next_update_takes_it_back_first(halved: Project) -> None:
    assert halved.update().ending is Ending.DONE
    assert "count_words" in halved.read("src/words/server.py")


def test_looking_does_not_take_it_back(halved: Project) -> None:
    before = everything(halved.root)

    with pytest.raises(UsageError, match="interrupted"):
        halved.update(dry=True)

    assert everything(halved.root) == before


def test_taking_it_back_may_be_interrupted_too(halved: Project, tmp_path: Path) -> None:
    again = copied(halved, tmp_path / "again")
    recover(halved.root, lambda _: None)

    assert update_that_fails(again.root, 3, killed) == -signal.SIGKILL
    assert journal.is_under_way(again.root)
    recover(again.root, lambda _: None)

    assert everything(again.root) == everything(halved.root)


def test_what_was_written_in_between_is_kept(halved: Project) -> None:
    halved.write("README.md", "# Written after the power had failed\n")
    notes: list[str] = []

    recover(halved.root, notes.append)

    assert halved.read("README.md.yours") == "# Written after the power had failed\n"
    assert "3 tools" not in halved.read("README.md")
    assert any("README.md.yours" in note for note in notes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"steps": [{"path": "../../x", "before": null, "after": "a"}], "folders": []}',
        '{"steps": [], "folders": ["/etc"]}',
    ],
)
def test_a_journal_that_is_none_of_ours_is_not_followed(halved: Project, text: str) -> None:
    halved.write(".handrail/update/journal.json", text)
    before = everything(halved.root)

    with pytest.raises(UsageError, match=r"journal\.json cannot be read"):
        recover(halved.root, lambda _: None)

    assert everything(halved.root) == before


def test_what_was_edited_since_it_was_read_is_not_overwritten(changed: Project) -> None:
    found = [one for one in changed.update(dry=True).changes if one.writes]
    changed.write("src/words/server.py", "# Mine\n")
    before = everything(changed.root)

    with pytest.raises(UsageError, match=r"server\.py was changed while the update ran"):
        apply(changed.root, found)

    assert everything(changed.root) == before
