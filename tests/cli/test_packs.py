"""Packs at the command line: listed, inspected, explained, checked and called."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from handrail.spec.use import shipped
from tests.cli.terminal import handrail
from tests.running import hand_over

_FILE = """\
config_version = 1
use = ["git:read"]
[[tool]]
name = "git_log"
params.limit = { default = 1 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "handrail.toml").write_text(_FILE)
    author = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    commit = [*author, "commit", "-q", "--allow-empty", "-m"]
    for command in (["init", "-q"], [*commit, "The first."], [*commit, "The second."]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    hand_over(tmp_path)
    return tmp_path


def test_packs_are_listed_with_their_tools(tmp_path: Path) -> None:
    printed = handrail("packs", folder=tmp_path)
    lines = printed.out.splitlines()

    assert printed.code == 0
    assert set(shipped()) <= set(lines)
    assert any(one.split()[:2] == ["git_log", "read"] for one in lines)
    assert f'use = ["{next(iter(shipped()))}:read"]' in printed.out


def test_one_pack_is_listed_with_the_commands_that_call_its_tools(tmp_path: Path) -> None:
    lines = handrail("packs", "git", folder=tmp_path).out.splitlines()

    assert any(one.strip().startswith("handrail call git_log ") for one in lines)
    assert set(shipped()) & set(lines) == {"git"}


def test_packs_are_listed_for_programs(tmp_path: Path) -> None:
    (git,) = json.loads(handrail("packs", "git", "--json", folder=tmp_path).out)
    log = next(tool for tool in git["tools"] if tool["name"] == "git_log")

    assert git["use"] == ["git", "git:read"]
    assert (log["effect"], log["pack"]) == ("read", "git")
    assert log["examples"][0].startswith("handrail call git_log")


def test_an_unknown_pack_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    printed = handrail("packs", "gti", folder=tmp_path)

    assert (printed.code, printed.out) == (2, "")
    assert printed.err == "error: there is no pack 'gti'\nhint: Did you mean \"git\"?\n"


def test_inspect_says_which_tool_is_of_which_pack_and_gives_examples(folder: Path) -> None:
    lines = handrail("inspect", folder=folder).out.splitlines()
    head = next(number for number, one in enumerate(lines) if one.startswith("git_log "))

    assert lines[head].startswith("git_log  [read]  /")
    assert lines[head].endswith('/git  pack "git"')
    assert any(one.startswith("    example        handrail call git_log ") for one in lines)
    facts = json.loads(handrail("inspect", "--json", folder=folder).out)
    assert {tool["pack"] for tool in facts["tools"]} == {"git"}
    assert all(tool["examples"] for tool in facts["tools"])


def test_a_tool_of_a_pack_is_explained_and_called_as_it_was_changed(folder: Path) -> None:
    argv = json.loads(handrail("explain", "git_log", "--json", folder=folder).out)["argv"]
    called = handrail("call", "git_log", folder=folder)

    assert "log" in argv
    assert (called.code, "The second." in called.out) == (0, True), called.err
    assert "The first." not in called.out


def test_a_call_in_the_words_of_an_example_is_made(folder: Path) -> None:
    tools = json.loads(handrail("inspect", "--json", folder=folder).out)["tools"]
    status = next(tool for tool in tools if tool["name"] == "git_status")

    assert handrail(*status["examples"][0].split()[1:], folder=folder).code == 0


def test_check_tells_at_use_what_the_pack_lacks(folder: Path) -> None:
    printed = handrail("check", folder=folder, PATH=str(folder))

    assert printed.code == 2
    assert 'handrail.toml:2:8 error[E411] pack "git": program "git" is not on PATH' in printed.out


def test_fixing_leaves_a_packs_tools_out_of_the_file(folder: Path) -> None:
    file = folder / "handrail.toml"
    file.write_text(f'{_FILE}timeot = "9s"\n')
    shown = handrail("check", "--diff", folder=folder)
    assert [one for one in shown.err.splitlines() if one[:1] in "+-" and one[1:2] not in "+-"] == [
        '-timeot = "9s"',
        '+timeout = "9s"',
    ]
    assert handrail("check", "--fix", folder=folder).code == 0
    assert file.read_text() == f'{_FILE}timeout = "9s"\n'
