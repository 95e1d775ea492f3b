"""Whatever was changed by hand is still there after an update."""

from __future__ import annotations

from collections import Counter

import pytest

from handrail.scaffold.update.update import Ending
from tests.unit.scaffold.update.projects import THIRD_TOOL, Edit, Project

COUNT, ARRANGE = "src/words/tools/count.py", "src/words/tools/arrange.py"
SETTINGS = "src/words/settings.py"


def comment(project: Project) -> None:
    project.change(COUNT, "TOOL = Command(", "# Agents like this one.\nTOOL = Command(")


def description(project: Project) -> None:
    project.change(
        COUNT,
        '    description="Count the lines of a file.",',
        '    description="Count lines. Not for words: that is count_words.",',
    )


def code_around_calls(project: Project) -> None:
    project.change(
        COUNT,
        "    return await go_on(call)",
        "    outcome = await go_on(call)\n    print(outcome.ending)\n    return outcome",
    )


def param(project: Project) -> None:
    project.change(
        ARRANGE,
        "    params={",
        '    params={\n        "unique": Param(type="boolean", default=False),',
    )


def setting(project: Project) -> None:
    project.change(
        SETTINGS,
        'ROOT = Path(os.environ.get("WORDS_HOME")',
        'HOME = Path.home()\nROOT = Path(os.environ.get("WORDS_HOME")',
    )


def paragraph(project: Project) -> None:
    project.write("README.md", project.read("README.md") + "\n## Whom to ask\n\nAda, mostly.\n")


def file_of_ones_own(project: Project) -> None:
    project.write("src/words/own/deep.py", "ANSWER = 42\n")


def custom(project: Project) -> None:
    project.write("src/words/custom.py", "def add_to(server: object) -> None:\n    print(server)\n")


def removed(project: Project) -> None:
    (project.root / "docs/DEBUGGING.md").unlink()


def test_of_ones_own(project: Project) -> None:
    text = project.read("tests/test_tools.py")
    project.write("tests/test_tools.py", f"{text}\n\ndef test_mine() -> None:\n    assert 1 + 1\n")


def dependency(project: Project) -> None:
    project.change("pyproject.toml", "[project.scripts]", "# mine: rich>=15\n[project.scripts]")


def windows_lines(project: Project) -> None:
    project.write(ARRANGE, f"# Made at home.\n{project.read(ARRANGE)}".replace("\n", "\r\n"))


def read_only(project: Project) -> None:
    setting(project)
    (project.root / SETTINGS).chmod(0o444)


def tools_page(project: Project) -> None:
    project.change("docs/TOOLS.md", "## `arrange`", "A word of my own.\n\n## `arrange`")


test_of_ones_own.__test__ = False  # type: ignore[attr-defined]  # an edit that adds a test
EDITS: list[Edit] = [
    comment,
    description,
    code_around_calls,
    param,
    setting,
    paragraph,
    file_of_ones_own,
    custom,
    removed,
    test_of_ones_own,
    dependency,
    windows_lines,
    read_only,
    tools_page,
]


def a_tool_more(project: Project) -> None:
    project.write("handrail.toml", project.read("handrail.toml") + THIRD_TOOL)


def a_tool_less(project: Project) -> None:
    file = project.read("handrail.toml")
    project.write("handrail.toml", file[: file.index('[[tool]]\nname = "arrange"')])


def a_param_otherwise(project: Project) -> None:
    project.change("handrail.toml", '"Which file."', '"A file in the workspace."')
    project.change("handrail.toml", 'timeout = "20s"', 'timeout = "30s"')


CHANGES: list[Edit] = [a_tool_more, a_tool_less, a_param_otherwise]


def everything_at_once(project: Project) -> None:
    a_param_otherwise(project)
    a_tool_more(project)


def name_of(edit: Edit) -> str:
    return edit.__name__


@pytest.mark.parametrize("edit", EDITS, ids=name_of)
def test_an_edit_stays_when_the_server_file_changes(project: Project, edit: Edit) -> None:
    pristine = project.lines()
    edit(project)
    by_hand = project.lines()
    everything_at_once(project)

    updated = project.update()

    assert updated.ending is Ending.DONE
    assert lost(pristine, by_hand, project.lines()) == {}
    assert 'timeout="30s"' in project.read(SETTINGS)
    assert "count_words" in project.read("src/words/server.py")


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
def test_all_edits_stay_together(project: Project, change: Edit) -> None:
    pristine = project.lines()
    for edit in EDITS:
        edit(project)
    by_hand = project.lines()
    change(project)

    updated = project.update()

    assert updated.ending is Ending.DONE
    assert lost(pristine, by_hand, project.lines()) == {}
    assert not (project.root / "docs/DEBUGGING.md").exists()
    assert (project.root / SETTINGS).stat().st_mode & 0o777 == 0o444
    assert project.read(ARRANGE).count("\n") == project.read(ARRANGE).count("\r\n")
    assert project.update().ending is Ending.UP_TO_DATE


def lost(
    pristine: dict[str, Counter[str]],
    by_hand: dict[str, Counter[str]],
    now: dict[str, Counter[str]],
) -> dict[str, Counter[str]]:
    """Lines written by hand that are in no file of theirs any more, by file."""
    none = Counter[str]()
    gone = {
        path: lines
        - pristine.get(path, none)
        - now.get(path, none)
        - now.get(f"{path}.yours", none)
        for path, lines in by_hand.items()
    }
    return {path: lines for path, lines in gone.items() if lines}


def test_a_project_that_nobody_edited_becomes_what_eject_makes(
    project: Project, ejected: Project
) -> None:
    everything_at_once(project)
    once = project.update()
    project.write("handrail.toml", ejected.read("handrail.toml"))
    back = project.update()

    assert {change.kind for change in once.changes} == {"added", "rewritten"}
    assert {change.kind for change in back.changes} == {"removed", "rewritten"}
    assert project.lines() == ejected.lines()


def test_nothing_to_do_changes_nothing(project: Project) -> None:
    before = {path: path.stat().st_mtime_ns for path in project.root.rglob("*")}

    assert project.update().ending is Ending.UP_TO_DATE
    assert {path: path.stat().st_mtime_ns for path in project.root.rglob("*")} == before
