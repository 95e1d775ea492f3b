"""Rules become a domain of Landlock's: a child enters it, and tries."""

from __future__ import annotations

import json
import marshal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from handrail.process import zygote
from handrail.process.zygote import wire
from handrail.sandbox.landlock import READ, WRITE

PACKAGES = str(Path(next(iter(zygote.__path__))).parent)
# Enters a domain in a thread for each of a list of steps, and does the rest of the step there:
# Python code, whose error is told by its name. `between` runs unconfined.
ENTER = """
import errno, json, os, sys, threading
packages, folder, root, own, steps = sys.argv[1:]
sys.path.append(packages)
from zygote import kernel
from zygote.rulesets import Rulesets
kernel.forbid_new_privileges()
os.chdir(folder)
rulesets = Rulesets((os.fsencode(own),) if own else ())
told = []
def confined(rules, acts):
    opened = os.open(root, os.O_PATH | os.O_DIRECTORY)
    try:
        rulesets.enter(bytes.fromhex(rules), opened)
    except OSError as error:
        told.append("refused: " + errno.errorcode[error.errno])
        return
    finally:
        os.close(opened)
    for act in acts:
        try:
            exec(act, {"os": os, "rulesets": rulesets})
        except OSError as error:
            told.append(errno.errorcode[error.errno])
        else:
            told.append("done")
for rules, acts, between in json.loads(steps):
    thread = threading.Thread(target=confined, args=(rules, acts))
    thread.start()
    thread.join()
    exec(between, {"os": os, "rulesets": rulesets})
print(json.dumps(told + [len(rulesets._kept), len(os.listdir("/proc/self/fd"))]))
"""
ENTERING = (sys.executable, "-I", "-S", "-c", ENTER, PACKAGES)
FILES = (1 << 15) - 1
Grant = tuple[object, int] | tuple[object, int, Iterable[Path]]


Step = tuple[str, list[str], str]


def rules(*grants: Grant, temporary: int = READ | WRITE, files: int = FILES) -> str:
    whole = tuple(
        (bytes(Path(str(path))), rights, tuple(map(bytes, *besides)) if besides else ())
        for path, rights, *besides in grants
    )
    return marshal.dumps(tuple(wire.Rules(files, 0, 0, whole, temporary))).hex()


def tried(folder: Path, *steps: Step, root: Path | None = None, own: object = "") -> list[object]:
    """What each act came to; how many rulesets were kept, and how many descriptors are open."""
    done = subprocess.run(
        [*ENTERING, str(folder), str(root or folder), str(own), json.dumps(steps)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[object] = json.loads(done.stdout)
    return found


def acts(folder: Path, *what: str, grants: Iterable[Grant], **others: object) -> list[object]:
    """What acts under one set of rules came to."""
    return tried(folder, (rules(*grants), list(what), ""), **others)[:-2]  # type: ignore[arg-type]  # root, own


READS, WRITES, LISTS = "os.open({!r}, 0)", "os.open({!r}, 1)", "os.listdir({!r})"
MAKES, REMOVES = "os.open({!r}, os.O_CREAT | 1)", "os.unlink({!r})"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in ("a/file", "a/b/file", "a/.git/config", "other/file"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    return tmp_path


def test_nothing_is_allowed_but_what_is_granted(tree: Path) -> None:
    what = [READS.format("a/file"), WRITES.format("a/file"), READS.format("other/file")]
    assert acts(tree, *what, grants=[(tree / "a", READ)]) == ["done", "EACCES", "EACCES"]
    assert acts(tree, *what, grants=[(tree / "a", READ), (tree / "a", WRITE)]) == [
        "done",
        "done",
        "EACCES",
    ]
    assert acts(tree, *what, grants=[]) == ["EACCES"] * 3


def test_a_file_can_be_granted_alone(tree: Path) -> None:
    what = [READS.format("a/file"), WRITES.format("a/file"), READS.format("a/b/file")]
    grants: list[Grant] = [(tree / "a/file", READ), (tree / "a/file", WRITE)]
    assert acts(tree, *what, grants=grants) == ["done", "done", "EACCES"]


def test_what_is_not_there_needs_no_right(tree: Path) -> None:
    grants: list[Grant] = [(tree / "gone", WRITE), (tree / "a/file/x", READ), (tree / "a", READ)]
    assert acts(tree, READS.format("a/file"), grants=grants) == ["done"]


def test_an_exception_gets_nothing_and_all_beside_it_does(tree: Path) -> None:
    a, git = tree / "a", tree / "a/.git"
    what = [
        WRITES.format("a/file"),
        MAKES.format("a/b/new"),
        REMOVES.format("a/b/file"),
        WRITES.format("a/.git/config"),
        REMOVES.format("a/.git/config"),
        "os.rename('a/.git', 'a/b/git')",
        MAKES.format("a/new"),
        REMOVES.format("a/file"),
    ]
    denied = ["EACCES"] * 5
    found = acts(tree, *what, grants=[(a, WRITE, [git])])
    assert found == ["done", "done", "done", *denied]


def test_a_folder_with_something_hidden_can_be_listed(tree: Path) -> None:
    what = [LISTS.format("a"), READS.format("a/file"), READS.format("a/.git/config")]
    what.append(LISTS.format("a/.git"))
    found = acts(tree, *what, grants=[(tree / "a", READ, [tree / "a/.git"])])
    # Who may list a folder may list all below it: of what is hidden, the names can be seen.
    assert found == ["done", "done", "EACCES", "done"]


def test_an_exception_far_below_is_found(tree: Path) -> None:
    what = [WRITES.format("a/.git/config"), WRITES.format("a/file"), WRITES.format("other/file")]
    what += [MAKES.format("a/b/new"), MAKES.format("a/new"), MAKES.format("new")]
    found = acts(tree, *what, grants=[(tree, WRITE, [tree / "a/.git/config"])])
    assert found == ["EACCES", "done", "done", "done", "EACCES", "EACCES"]


def test_no_link_beside_an_exception_is_followed(tree: Path) -> None:
    """Whoever can write to the workspace could make one that leads anywhere."""
    (tree / "a/link").symlink_to(tree / "other")
    what = [WRITES.format("other/file"), WRITES.format("a/link/file")]
    found = acts(tree, *what, grants=[(tree / "a", WRITE, [tree / "a/.git"])])
    assert found == ["EACCES", "EACCES"]


def test_an_exception_that_is_the_whole_grant_leaves_nothing_of_it(tree: Path) -> None:
    found = acts(tree, READS.format("a/file"), grants=[(tree / "a", READ, [tree / "a"])])
    assert found == ["EACCES"]


def test_a_name_that_begins_alike_is_no_exception(tree: Path) -> None:
    (tree / "a/.github").mkdir()
    what = [MAKES.format("a/.github/new"), MAKES.format("a/.git/new")]
    found = acts(tree, *what, grants=[(tree / "a", WRITE, [tree / "a/.git"])])
    assert found == ["done", "EACCES"]


def test_the_calls_own_folder_can_be_used_without_a_grant(tree: Path) -> None:
    what = [MAKES.format("other/new"), MAKES.format("a/new")]
    assert acts(tree, *what, grants=[], own=tree / "other") == ["done", "EACCES"]


def test_rules_that_the_kernel_does_not_know_are_an_error(tree: Path) -> None:
    assert tried(tree, (rules(files=1 << 60), ["pass"], ""))[:-1] == ["refused: EINVAL", 0]


def test_equal_rules_are_built_once(tree: Path) -> None:
    step: Step = (rules((tree / "a", READ)), [READS.format("a/file")], "")
    once, again = tried(tree, step), tried(tree, *[step] * 20)
    assert again[:-2] == ["done"] * 20
    # Each step leaves one open file, its own.
    assert again[-2:] == [1, int(str(once[-1])) + 19]


def test_rules_with_exceptions_are_looked_up_for_each_call(tree: Path) -> None:
    """What a call made beside an exception, the next one may write to."""
    step = rules((tree / "a", WRITE, [tree / "a/.git"]))
    made = "os.mkdir('a/made')"
    found = tried(tree, (step, ["pass"], made), (step, [MAKES.format("a/made/x")], ""))
    assert found[:-1] == ["done", "done", 0]


def test_no_more_than_some_rulesets_are_kept(tree: Path) -> None:
    many = [(rules((tree / "a", READ), (f"/none/{n}", READ)), ["pass"], "") for n in range(70)]
    assert tried(tree, *many)[-2] == 16


def test_a_workspace_that_is_another_folder_now_gets_its_own_rules(tree: Path) -> None:
    step = rules((tree / "a", READ))
    swap = "os.rename('a', 'old'); os.mkdir('a'); os.close(os.open('a/file', os.O_CREAT, 0o644))"
    steps = [(step, [READS.format("a/file")], swap), (step, [READS.format("a/file")], "")]
    assert tried(tree, *steps, root=tree / "a")[:-1] == ["done", "done", 2]


def test_after_a_folder_of_ours_was_made_anew_nothing_is_kept(tree: Path) -> None:
    step = rules()
    again = "os.rename('other', 'old'); os.mkdir('other'); rulesets.forget()"
    make = [MAKES.format("other/new")]
    assert tried(tree, (step, make, again), (step, make, ""), own=tree / "other")[:-1] == [
        "done",
        "done",
        1,
    ]
