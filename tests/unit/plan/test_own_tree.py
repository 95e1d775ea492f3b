"""Each caller has a folder, whatever they are called, and nobody has two callers' folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.diagnostic import Finding
from handrail.errors import StorageFull
from handrail.plan.access import access_of
from handrail.plan.host import survey
from handrail.plan.own_tree import in_own_tree, tree_name
from handrail.plan.plan import build_plan
from handrail.plan.unreachable import unreachable
from handrail.plan.user import User
from handrail.spec.server import ServerSpec
from handrail.systems.files.own_trees import OwnTrees
from tests.builders import free_tool, host, server, tool
from tests.running import STRANGER


@pytest.mark.parametrize(
    ("caller", "words"),
    [
        ("local", "local"),
        ("jwt:Ann@example.com", "jwt-ann-example-com"),
        ("../../etc/passwd", "etc-passwd"),
        (".handrail", "handrail"),
        (".", "caller"),
        ("", "caller"),
        ("日本語", "caller"),
        ("\0\n/", "caller"),
        ("\ud800", "caller"),
        ("x" * 10_000, "x" * 32),
    ],
)
def test_a_folder_begins_with_words_for_people(caller: str, words: str) -> None:
    assert tree_name(caller).rpartition("-")[0] == words


@given(st.text(st.characters()))
def test_a_folders_name_is_safe_everywhere(caller: str) -> None:
    name = tree_name(caller)
    assert name.isascii()
    assert name.replace("-", "").isalnum()
    assert name == name.lower()
    assert len(name) <= 64
    assert not name.startswith("-")


@given(st.text(st.characters()), st.text(st.characters()))
def test_two_callers_have_two_folders(one: str, other: str) -> None:
    assert (tree_name(one) == tree_name(other)) == (one == other)


def test_names_that_differ_in_case_alone_have_two_folders() -> None:
    assert len({tree_name(name).lower() for name in ("Ann", "ann", "ANN")}) == 3


def test_declared_paths_in_the_workspace_are_those_of_the_callers_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    own = in_own_tree(host(tmp_path), "ann")
    (own.workspace / ".git").mkdir(parents=True)
    access = access_of(tool(effect="write", writable=[".", ".git"]), own)

    assert own.workspace == tmp_path / tree_name("ann")
    assert access.writable == (own.workspace,)
    assert own.workspace / ".git" not in access.kept
    assert not any(path in access.readable for path in own.workspace.parents)


def test_the_path_holds_no_program_of_any_callers(tmp_path: Path) -> None:
    program = tmp_path / "other" / "echo"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    own = in_own_tree(host(tmp_path, programs={"echo": program}), "ann")
    plan = build_plan(server(), tool(), {}, own)

    assert str(tmp_path) not in plan.env["PATH"]


def separate(**changes: object) -> ServerSpec:
    return server(
        tool(**changes), workspace={"root": "trees", "per_caller": True}, programs={"echo": {}}
    )


def found(folder: Path, spec: ServerSpec) -> list[str]:
    (folder / "trees").mkdir(exist_ok=True)
    findings: list[Finding] = survey(spec, folder / "handrail.toml", {"PATH": "/usr/bin:/bin"})[1]
    return [one.code for one in findings]


@pytest.mark.parametrize(
    ("key", "paths", "codes"),
    [
        ("writable", ["trees"], []),
        ("writable", ["trees", "trees/.git"], []),
        ("writable", ["elsewhere"], []),
        ("readable", ["elsewhere"], []),
        ("writable", ["trees/build"], ["E434"]),
        ("writable", ["trees/.git"], ["E434"]),
        ("readable", ["trees/.git"], ["E434"]),
        ("readable", ["trees/build"], ["E434"]),
        ("executable", ["trees/bin"], ["E434"]),
        ("readable", ["."], ["E434"]),
        ("readable", ["/tmp"], ["E434"]),  # the tests' folders are below it
    ],
)
def test_no_declared_path_leads_to_several_callers_folders(
    tmp_path: Path, key: str, paths: list[str], codes: list[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere").chmod(0o777)
    assert found(tmp_path, separate(effect="write", **{key: paths})) == codes


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user of its own for commands")
def test_commands_need_no_right_to_the_folder_above_theirs_but_to_pass_it(tmp_path: Path) -> None:
    spec, trees = separate(effect="write"), tmp_path / "trees"
    assert found(tmp_path, spec) == []
    here = host(trees, file=tmp_path / "handrail.toml", user=User("stranger", STRANGER, STRANGER))

    tmp_path.chmod(0o711)
    trees.chmod(0o711)
    assert list(unreachable(here, spec)) == []
    trees.chmod(0o700)
    (barrier,) = unreachable(here, spec)
    assert (barrier.code, barrier.at) == ("E403", ("workspace", "root"))


def test_a_workspace_that_programs_can_read_is_not_for_callers(tmp_path: Path) -> None:
    spec = server(workspace={"root": "/usr/share", "per_caller": True})
    codes = [one.code for one in survey(spec, tmp_path / "handrail.toml", {})[1]]
    assert "E434" in codes


def test_a_folder_is_made_for_the_commands_user_and_for_nobody_else(tmp_path: Path) -> None:
    user = None if os.geteuid() else User("stranger", STRANGER, STRANGER)
    trees = OwnTrees(separate(), host(tmp_path, user=user))
    made = trees.host_of("ann").workspace.stat()

    assert made.st_mode & 0o777 == 0o700
    assert made.st_uid == (os.geteuid() if user is None else STRANGER)
    assert trees.host_of("ann") is trees.host_of("ann")
    trees.host_of("ann").workspace.rmdir()
    assert trees.host_of("ann").workspace.is_dir()


def test_of_many_callers_a_few_are_remembered(tmp_path: Path) -> None:
    trees = OwnTrees(separate(), host(tmp_path))
    first = trees.host_of("caller-0")
    for number in range(300):
        trees.host_of(f"caller-{number}")

    assert trees.host_of("caller-299") is trees.host_of("caller-299")
    assert trees.host_of("caller-0") is not first
    assert trees.host_of("caller-0") == first


def test_without_the_word_everybody_has_the_same(tmp_path: Path) -> None:
    here = host(tmp_path)
    trees = OwnTrees(server(free_tool("echo")), here)

    assert trees.host_of("ann") is trees.host_of("bob") is here
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_a_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "mkdir", full)
    with pytest.raises(StorageFull):
        OwnTrees(separate(), host(tmp_path)).host_of("ann")
