"""Where a person must decide, nothing is written but what they asked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from handrail.scaffold.update.changes import Change, Kind
from handrail.scaffold.update.update import Ending, Updated
from tests.unit.scaffold.update.projects import THIRD_TOOL, Edit, Project, everything

COUNT = "src/words/tools/count.py"
MINE = '    description="Lines, counted by me.",'
OURS = '    description="Count lines.",'


@pytest.fixture
def disputed(project: Project) -> Project:
    """A project where a person and the server file have changed the same line."""
    project.change(COUNT, '    description="Count the lines of a file.",', MINE)
    project.change("handrail.toml", '"Count the lines of a file."', '"Count lines."')
    return project


def only(updated: Updated, kind: Kind) -> Change:
    (found,) = [one for one in updated.changes if one.kind is kind]
    return found


def outside(project: Project) -> dict[str, tuple[int, bytes]]:
    """Everything but what an update leaves to be looked at."""
    found = everything(project.root)
    return {path: one for path, one in found.items() if not path.startswith(".handrail/update")}


def test_a_conflict_writes_nothing_and_says_where_it_is(disputed: Project) -> None:
    before = everything(disputed.root)

    updated = disputed.update()

    conflict = only(updated, Kind.CONFLICT)
    (says,) = conflict.disagreements
    assert updated.ending is Ending.CONFLICTS
    assert disputed.read(COUNT).splitlines()[says.line - 1] == MINE
    assert outside(disputed) == before


def test_the_merged_files_and_a_patch_are_left_to_look_at(disputed: Project) -> None:
    disputed.update()

    merged = disputed.read(f".handrail/update/new/{COUNT}")
    assert f"<<<<<<< yours\n{MINE}\n" in merged
    assert f"=======\n{OURS}\n>>>>>>> handrail\n" in merged
    apply = ["git", "apply", "--unsafe-paths", "--directory", str(disputed.root)]
    subprocess.run(
        [*apply, ".handrail/update.patch"], cwd=disputed.root, check=True, capture_output=True
    )
    assert disputed.read(COUNT) == merged


def test_marks_are_written_when_they_are_asked_for(disputed: Project) -> None:
    updated = disputed.update(mark=True)

    (says,) = only(updated, Kind.CONFLICT).disagreements
    assert updated.ending is Ending.MARKED
    lines = disputed.read(COUNT).splitlines()
    assert lines[says.marked - 1 : says.marked + 6] == [
        "<<<<<<< yours",
        MINE,
        "||||||| before",
        '    description="Count the lines of a file.",',
        "=======",
        OURS,
        ">>>>>>> handrail",
    ]
    assert not (disputed.root / ".handrail/update").exists()


def test_a_decision_is_final(disputed: Project) -> None:
    disputed.update(mark=True)
    decided = disputed.read(COUNT).split("<<<<<<< yours\n")
    disputed.write(COUNT, f"{decided[0]}{MINE}\n{decided[1].split('>>>>>>> handrail')[1].lstrip()}")
    written = disputed.read(COUNT)

    assert disputed.update().ending is Ending.UP_TO_DATE
    assert disputed.read(COUNT) == written


def test_changes_that_fit_as_text_but_not_as_code_are_a_conflict(project: Project) -> None:
    project.change(COUNT, '    program="wc",\n', '    program="wc",\n    timeout="9s",\n')
    project.change("handrail.toml", 'program = "wc"', 'program = "wc"\ntimeout = "8s"')
    # Ours stands elsewhere, so that no line is changed by both.
    project.change(COUNT, '    name="count",\n', '    name="count",\n    timeout="9s",\n')
    project.change(COUNT, '    program="wc",\n    timeout="9s",\n', '    program="wc",\n')

    updated = project.update()

    (says,) = only(updated, Kind.CONFLICT).disagreements
    assert "keyword argument repeated: timeout" in says.message


def test_bytes_that_are_no_text_are_kept_and_ours_lies_beside(disputed: Project) -> None:
    mine = "# Æ\n".encode("latin-1") + disputed.read(COUNT).encode()
    (disputed.root / COUNT).write_bytes(mine)

    assert disputed.update().ending is Ending.CONFLICTS
    assert disputed.update(mark=True).ending is Ending.MARKED
    assert (disputed.root / COUNT).read_bytes() == mine
    assert OURS in disputed.read(f"{COUNT}.handrail-new")


def test_a_generated_file_changed_in_the_same_place_is_kept_beside(project: Project) -> None:
    project.change("docs/TOOLS.md", "Count the lines of a file.", "My own words.")
    project.write("docs/TOOLS.md.yours", "of an earlier time\n")
    project.change("handrail.toml", '"Count the lines of a file."', '"Count lines."')

    updated = project.update()

    assert updated.ending is Ending.DONE
    assert str(only(updated, Kind.KEPT).path) == "docs/TOOLS.md.yours.2"
    assert "My own words." in project.read("docs/TOOLS.md.yours.2")
    assert "Count lines." in project.read("docs/TOOLS.md")
    assert project.read("docs/TOOLS.md.yours") == "of an earlier time\n"


def test_a_file_of_the_same_name_as_a_new_one_stays(project: Project) -> None:
    at = "src/words/tools/count_words.py"
    project.write(at, "MINE = True\n")
    project.write("handrail.toml", project.read("handrail.toml") + THIRD_TOOL)

    updated = project.update()

    assert updated.ending is Ending.DONE
    assert project.read(at) == "MINE = True\n"
    assert 'name="count_words"' in project.read(f"{at}.handrail-new")
    assert project.update().ending is Ending.UP_TO_DATE


def test_an_edited_module_outlives_its_tool(project: Project) -> None:
    at = "src/words/tools/count.py"
    project.write(at, f"{project.read(at)}\nMINE = True\n")
    file = project.read("handrail.toml")
    head, _, rest = file.partition('[[tool]]\nname = "count"')
    project.write("handrail.toml", head + rest[rest.index("[[tool]]") :])

    updated = project.update()

    assert updated.ending is Ending.DONE
    assert str(only(updated, Kind.KEPT).path) == at
    assert "MINE = True" in project.read(at)
    assert "count" not in project.read("src/words/server.py")


def test_a_file_removed_by_hand_stays_removed_and_is_told_of(project: Project) -> None:
    (project.root / COUNT).unlink()
    project.change("handrail.toml", '"Count the lines of a file."', '"Count lines."')

    updated = project.update()

    assert str(only(updated, Kind.KEPT).path) == COUNT
    assert not (project.root / COUNT).exists()


def link(project: Project) -> None:
    (project.root / COUNT).rename(project.root.parent / "elsewhere.py")
    (project.root / COUNT).symlink_to(project.root.parent / "elsewhere.py")


def folder(project: Project) -> None:
    (project.root / COUNT).unlink()
    (project.root / COUNT).mkdir()


def linked_folder(project: Project) -> None:
    tools = project.root / "src/words/tools"
    tools.rename(project.root.parent / "tools")
    tools.symlink_to(project.root.parent / "tools")


@pytest.mark.parametrize("block", [link, folder, linked_folder], ids=lambda one: one.__name__)
def test_what_is_no_file_of_the_project_is_not_written_to(project: Project, block: Edit) -> None:
    block(project)
    project.change("handrail.toml", '"Count the lines of a file."', '"Count lines."')
    around = everything(project.root.parent)

    assert project.update().ending is Ending.CONFLICTS
    assert project.update(mark=True).ending is Ending.MARKED

    now = everything(project.root.parent)
    assert {path: now[path] for path in around if "tools" in Path(path).parts} == {
        path: one for path, one in around.items() if "tools" in Path(path).parts
    }
    assert now.get("elsewhere.py") == around.get("elsewhere.py")
    assert project.update().ending is Ending.UP_TO_DATE
