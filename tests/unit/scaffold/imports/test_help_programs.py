"""Real programs of this machine are asked for their help, and become tools that check accepts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.sources import imported
from tests.cli.terminal import handrail
from tests.unit.scaffold.imports.drafting import errors, params, server_file

_OWN = Path(sys.executable).parent


def drafts(command: str, *only: str) -> tuple[Draft, ...]:
    program = command.split()[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return imported("help", command, only)


@pytest.mark.parametrize("command", ["ls", "grep", "rg", "tar", "jq", "curl", "git log", "sort"])
def test_programs_of_the_system_become_small_tools(tmp_path: Path, command: str) -> None:
    (draft,) = drafts(command)

    assert draft.name == command.replace(" ", "_")
    assert 0 < len(draft.tool["params"]) <= 12
    assert errors(tmp_path, [draft]) == []


@pytest.mark.parametrize("command", ["pytest", "ruff check"])
def test_programs_of_an_environment_become_tools(tmp_path: Path, command: str) -> None:
    (draft,) = drafts(f"{_OWN}/{command}")

    (entry,) = draft.programs.values()
    assert entry == {"path": f"{_OWN}/{command.split()[0]}"}
    assert 0 < len(draft.tool["params"]) <= 12
    assert errors(tmp_path, [draft]) == []


def test_a_profile_knows_better_than_names() -> None:
    (grep,) = drafts("grep")

    found = params(grep)
    assert found["file"] == {"type": "path", "repeat": True}
    assert found["patterns"] == {"required": True}
    assert found["max_count"] == {"type": "integer"}
    assert "regexp" not in found  # it would turn the pattern into a file

    (ripgrep,) = drafts("rg")
    notes = " ".join(ripgrep.notes)
    assert "--no-config" in ripgrep.tool["args"]
    assert "run code or other programs: --pre" in notes
    assert "lead outside the workspace: --follow" in notes


def test_what_runs_code_of_the_workspace_says_so() -> None:
    (pytest_tool,) = drafts(f"{_OWN}/pytest")
    assert pytest_tool.tool["acknowledge"] == ["executes-workspace-code"]


def test_subcommands_become_tools_of_their_own() -> None:
    found = drafts("git", "status", "log")

    assert [draft.name for draft in found] == ["git_status", "git_log"]
    assert any('use = ["git"]' in note for note in found[0].notes)


def test_a_tool_from_help_works(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_text("one\ntwo\nthree\n")
    server_file(tmp_path, drafts("grep"))

    arguments = ["patterns=t", "file=poem.txt", "max_count=1"]
    done = handrail("call", "grep", *arguments, "--file", "handrail.json", folder=tmp_path)
    assert "two" in done.out, done.err
    assert "three" not in done.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", "name a program"),
        ("no-such-program-here", "no program"),
        ("ls --all", "an option"),
        ("/etc/passwd", "no program"),
        ("uname -x", "an option"),
    ],
)
def test_what_cannot_be_asked_is_said(command: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        imported("help", command, [])
    assert words in refused.value.message


def test_a_program_that_says_nothing_is_no_tool(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    program = tmp_path / "silent"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)

    with pytest.raises(UsageError) as refused:
        imported("help", str(program), [])
    assert refused.value.message == (
        "silent --help or silent -h tells of no options that could be read"
    )


def test_asking_a_program_changes_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("mine")
    kept.chmod(0o666)
    tmp_path.chmod(0o777)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nrm -f {kept}\ntouch {tmp_path}/new\necho '  --deep N  how'\n")
    program.chmod(0o755)

    (draft,) = imported("help", str(program), [])
    assert list(draft.tool["params"]) == ["deep"]
    assert kept.read_text() == "mine"
    assert not (tmp_path / "new").exists()
