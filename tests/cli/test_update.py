"""`handrail update` at the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest

from handrail.cli.main import run
from tests.cli.terminal import Printed, handrail
from tests.unit.scaffold.update.projects import THIRD_TOOL, Project, copied, eject, everything

COUNT = "src/words/tools/count.py"
ONE_TOOL_MORE = """\
rewritten README.md
rewritten docs/TOOLS.md
rewritten src/words/__init__.py
rewritten src/words/server.py
added     src/words/tools/count_words.py
rewritten tests/contract.json
"""


@pytest.fixture(scope="session")
def ejected(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return eject(tmp_path_factory.mktemp("ejected"), "--without=clients")


@pytest.fixture
def project(ejected: Project, tmp_path: Path) -> Project:
    """A project whose server file has a tool more than its code."""
    one = copied(ejected, tmp_path)
    one.write("handrail.toml", one.read("handrail.toml") + THIRD_TOOL)
    return one


@pytest.fixture
def disputed(project: Project) -> Project:
    project.change(COUNT, '    description="Count the lines of a file.",', "    description='x',")
    project.change("handrail.toml", '"Count the lines of a file."', '"Count lines."')
    return project


# A plugin that takes longer to load than all the rest.
LIGHT = {"PYTEST_ADDOPTS": "-p no:hypothesispytest"}


def update(project: Project, *options: str) -> Printed:
    return handrail("update", *options, folder=project.root, **LIGHT)


def outside(project: Project) -> dict[str, tuple[int, bytes]]:
    found = everything(project.root)
    return {path: one for path, one in found.items() if not path.startswith(".handrail/update")}


def test_it_says_what_becomes_of_each_file(project: Project) -> None:
    assert update(project, "--no-tests") == Printed(0, ONE_TOOL_MORE, "wrote 6 files\n")
    assert update(project, "--no-tests") == Printed(0, "", "already up to date\n")


def test_a_dry_run_writes_nothing_and_shows_a_patch(project: Project, tmp_path: Path) -> None:
    before = everything(project.root)

    shown = handrail("update", "project", "--dry-run", "--diff", folder=tmp_path)

    assert shown.code == 0
    assert everything(project.root) == before
    patch = shown.out.removeprefix(ONE_TOOL_MORE)
    by_patch = copied(project, tmp_path / "patched")
    subprocess.run(["patch", "-p1", "-s"], cwd=by_patch.root, input=patch, text=True, check=True)
    project.update()
    assert by_patch.lines() == project.lines()


def test_a_conflict_is_told_with_its_line(disputed: Project) -> None:
    before = everything(disputed.root)

    told = update(disputed, "--no-tests")

    assert told.code == 1
    assert f"conflict  {COUNT}\n" in told.out
    line = disputed.read(COUNT).splitlines().index("    description='x',") + 1
    assert told.err == (
        f"{COUNT}:{line}: these lines were changed by hand, and are to be otherwise\n"
        "nothing is written: .handrail/update.patch is a patch of it, and .handrail/update/new "
        "has the files\nhint: --mark writes both sides with marks, for you to decide between.\n"
    )
    assert outside(disputed) == before


def test_marks_are_told_with_their_lines(disputed: Project) -> None:
    told = update(disputed, "--mark")

    assert told.code == 1
    line = disputed.read(COUNT).splitlines().index("<<<<<<< yours") + 1
    assert told.err.startswith(f"{COUNT}:{line}: these lines were changed by hand")
    assert told.err.endswith("decide where the marks are\n")


def test_a_program_reads_the_same_as_json(disputed: Project) -> None:
    inside = disputed.root / "src" / "words"

    printed = handrail("update", "--dry-run", "--json", "--diff", folder=inside)

    told = json.loads(printed.out)
    assert (printed.code, printed.err) == (1, "")
    assert told["folder"] == str(disputed.root)
    assert told["ending"] == "shown"
    (conflict,) = [one for one in told["changes"] if one["kind"] == "conflict"]
    assert conflict["path"] == COUNT
    assert [set(one) for one in conflict["conflicts"]] == [{"line", "marked_line", "message"}]
    assert "+<<<<<<< yours" in told["patch"]


def test_what_is_no_project_is_not_updated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["update", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(
        f"error: no ejected project in {tmp_path} or above it"
    )


def test_a_fault_in_the_server_file_is_told_with_its_place(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.change("handrail.toml", 'program = "wc"', 'programm = "wc"')
    before = everything(project.root)

    assert run(["update", str(project.root)]) == 2
    assert f"{project.root}/handrail.toml:18:1 error[" in capsys.readouterr().err
    assert everything(project.root) == before


def test_a_read_only_disk_is_told_and_nothing_else(project: Project) -> None:
    before, root = everything(project.root), str(project.root)
    read_only = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", root, root, "--"]

    told = handrail("update", "--no-tests", folder=project.root, under=read_only)

    assert told.code == 2
    assert "Read-only file system" in told.err
    assert "Traceback" not in told.err
    assert everything(project.root) == before


def test_a_full_disk_is_told_and_nothing_else(project: Project) -> None:
    before = everything(project.root)

    told = handrail(
        "update", "--no-tests", folder=project.root, under=["prlimit", "--fsize=4096", "--"]
    )

    assert told.code == 2
    assert told.err.endswith("cannot be written: File too large; nothing is changed\n")
    assert everything(project.root) == before


def test_nothing_was_interrupted(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["update", str(project.root), "--recover"]) == 0
    assert capsys.readouterr() == ("", "nothing to take back: no update was interrupted\n")


# With the project's tests


@pytest.fixture
def quick(project: Project) -> Project:
    """Without tests of ours, which take long."""
    for test in (project.root / "tests").glob("test_*.py"):
        test.unlink()
    return project


def beside(project: Project) -> list[str]:
    return [one.name for one in project.root.parent.iterdir() if one.name != "project"]


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_the_merged_project_passes_its_tests_before_it_is_written(project: Project) -> None:
    told = update(project)

    assert told.out == ONE_TOOL_MORE
    assert told.err == (
        f"running the tests of the merged project with {sys.executable}\nwrote 6 files\n"
    )
    assert told.code == 0
    assert beside(project) == []


def test_nothing_is_written_when_a_test_of_the_merged_project_fails(quick: Project) -> None:
    quick.write(
        "tests/test_mine.py",
        "from words.server import PROJECT\n\n\ndef test_two() -> None:\n"
        "    assert len(PROJECT.tools) == 2\n",
    )
    before = everything(quick.root)

    told = update(quick)

    assert told.code == 1
    assert "FAILED tests/test_mine.py::test_two" in told.err
    assert "nothing is written, for the tests of the merged project fail" in told.err
    assert outside(quick) == before
    assert "+        count_words," in quick.read(".handrail/update.patch")
    assert beside(quick) == []


def test_a_python_without_pytest_is_told_with_a_way_out(project: Project) -> None:
    venv.create(project.root / ".venv", symlinks=True)
    (packages,) = (project.root / ".venv/lib").glob("python*/site-packages")
    (packages / f"handrail-{version('handrail')}.dist-info").mkdir()
    before = outside(project)

    told = update(project)

    assert told.code == 2
    assert f"error: {project.root}/.venv/bin/python has no pytest" in told.err
    assert "--no-tests updates without them" in told.err
    assert outside(project) == before


@contextmanager
def waiting_for_its_tests(project: Project) -> Iterator[subprocess.Popen[str]]:
    """An update whose trial waits until somebody reads from `.gate` of the project."""
    gate = project.root.parent / "gate"
    os.mkfifo(gate)
    project.write(
        "tests/test_gate.py",
        "from pathlib import Path\n\nfrom words.server import PROJECT\n\n\n"
        "def test_it() -> None:\n"
        f"    Path({str(gate)!r}).write_text(str(len(PROJECT.tools)))\n",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "handrail", "update"],
        cwd=project.root,
        env={**os.environ, **LIGHT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline().startswith("running the tests")
            yield process
        finally:
            process.kill()
            gate.unlink()


def test_a_second_update_at_the_same_time_is_refused(quick: Project) -> None:
    with waiting_for_its_tests(quick) as first:
        second = update(quick, "--no-tests")
        tools = (quick.root.parent / "gate").read_text()
        out, err = first.communicate(timeout=60)

    assert second == Printed(2, "", f"error: another update of {quick.root} is running\n")
    assert (first.returncode, out, err) == (0, ONE_TOOL_MORE, "wrote 6 files\n")
    assert tools == "3", "it is the merged project that is tried"
    assert beside(quick) == []


def test_an_update_that_is_ended_while_it_tries_leaves_nothing(quick: Project) -> None:
    with waiting_for_its_tests(quick) as update:
        before = outside(quick)
        update.send_signal(signal.SIGTERM)
        update.communicate(timeout=60)

    assert update.returncode == 128 + signal.SIGTERM
    assert outside(quick) == before
    assert beside(quick) == []
