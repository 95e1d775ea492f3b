"""`handrail add` at a command line and at a terminal."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path

import pexpect
import pytest

from tests.cli.terminal import handrail

FILE = '# Mine.\nconfig_version = 1\n\n[server]\nname = "x"  # kept\n'
LOG = "git log -n 20 --author=Ada src/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "handrail.toml").write_text(FILE)
    return tmp_path


def tools(folder: Path) -> list[str]:
    data = tomllib.loads((folder / "handrail.toml").read_text())
    return [tool["name"] for tool in data.get("tool", [])]


def test_a_tool_is_added_and_its_words_are_told(folder: Path) -> None:
    done = handrail("add", LOG, "--yes", folder=folder)

    assert done.code == 0, done.err
    assert "--author=Ada  option with text        author" in done.err
    assert "handrail call git_log max_count=20 author=Ada paths=src/" in done.err
    text = (folder / "handrail.toml").read_text()
    assert text.startswith(FILE)
    assert tools(folder) == ["git_log"]
    assert handrail("check", folder=folder).code == 0


def test_the_tool_that_was_added_runs_as_the_example_did(folder: Path) -> None:
    (folder / "words.txt").write_text("b\na\n")
    handrail("add", "sort -r words.txt", "--yes", folder=folder)

    done = handrail("call", "sort", "paths=words.txt", folder=folder)

    assert done.out == "b\na\n"


def test_without_a_terminal_nobody_is_asked(folder: Path) -> None:
    done = handrail("add", LOG, folder=folder)

    assert done.code == 2
    assert "--yes" in done.err
    assert (folder / "handrail.toml").read_text() == FILE


def test_a_dry_run_prints_the_tool_and_writes_nothing(folder: Path) -> None:
    done = handrail("add", LOG, "--dry-run", folder=folder)

    assert done.code == 0
    assert tomllib.loads(done.out)["tool"][0]["name"] == "git_log"
    assert (folder / "handrail.toml").read_text() == FILE


def test_programs_are_told_in_json(folder: Path) -> None:
    done = handrail("add", LOG, "--json", "--dry-run", folder=folder)

    (told,) = json.loads(done.out)
    assert told["words"][3] == {
        "given": "--author=Ada",
        "meaning": "option with text",
        "param": "author",
    }


def test_the_same_name_twice_is_refused_and_another_taken(folder: Path) -> None:
    handrail("add", LOG, "--yes", folder=folder)
    again = handrail("add", LOG, "--yes", folder=folder)
    other = handrail("add", LOG, "--yes", "--name", "history", folder=folder)

    assert again.code == 2
    assert "--name" in again.err
    assert other.code == 0
    assert tools(folder) == ["git_log", "history"]


@pytest.mark.parametrize(
    "words",
    [
        ("cat a | wc",),
        ("sh -c ls",),
        ("",),
        (),
        ("ls", "--from-make", "Makefile"),
        ("--from-make", "Makefile", "--from-npm", "package.json"),
        ("--from-make", "Makefile", "--name", "x"),
        ("--from-make", "nowhere"),
        ("ls", "--file", "nowhere.toml"),
        ("ls", "--yes", "--name", "not a name"),
    ],
)
def test_what_cannot_be_added_is_refused_and_the_file_stays(
    folder: Path, words: tuple[str, ...]
) -> None:
    done = handrail("add", *words, folder=folder)

    assert done.code == 2
    assert "error" in done.err
    assert (folder / "handrail.toml").read_text() == FILE


def test_a_file_with_a_mistake_is_not_added_to(folder: Path) -> None:
    (folder / "handrail.toml").write_text(FILE + "typo = 1\n")

    done = handrail("add", "ls", "--yes", folder=folder)

    assert done.code == 2
    assert "handrail.toml:6:1 error[E101]" in done.err
    assert tools(folder) == []


def test_other_languages_than_toml_are_not_added_to(tmp_path: Path) -> None:
    (tmp_path / "handrail.yaml").write_text("config_version: 1\n")

    done = handrail("add", "ls", "--yes", "--file", "handrail.yaml", folder=tmp_path)

    assert done.code == 2
    assert "TOML files only" in done.err


def test_tools_come_from_a_makefile(folder: Path) -> None:
    (folder / "Makefile").write_text("test:  ## run the tests\n\ttrue\nlint:\n\ttrue\n")

    done = handrail("add", "--from-make", "Makefile", "--only", "test", "--yes", folder=folder)

    assert done.code == 0, done.err
    assert tools(folder) == ["make_test"]


class Terminal:
    """`handrail add` at a terminal of 80 by 24."""

    def __init__(self, folder: Path) -> None:
        environ = {**os.environ, "TERM": "xterm", "NO_COLOR": "1"}
        self.child: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-m", "handrail", "add", LOG],
            cwd=str(folder),
            env=environ,
            encoding="utf-8",
            dimensions=(24, 80),
            timeout=40,
        )
        self.child.expect("Add this")

    def press(self, *keys: str) -> int:
        """Press keys, wait for the end; the exit code."""
        for key in keys:
            self.child.send(key)
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus or 0)


DOWN, ENTER, CONTROL_C = "\x1b[B", "\r", "\x03"


def test_at_a_terminal_enter_adds_it(folder: Path) -> None:
    assert Terminal(folder).press(ENTER) == 0
    assert tools(folder) == ["git_log"]


def test_at_a_terminal_ctrl_c_leaves_nothing(folder: Path) -> None:
    assert Terminal(folder).press(CONTROL_C) == 130
    assert (folder / "handrail.toml").read_text() == FILE


def test_at_a_terminal_it_can_be_left(folder: Path) -> None:
    assert Terminal(folder).press(DOWN, DOWN, DOWN, ENTER) == 1
    assert (folder / "handrail.toml").read_text() == FILE


def test_at_a_terminal_a_word_can_be_made_to_stay(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.child.send(DOWN + ENTER)
    terminal.child.expect("Callers may change")
    terminal.child.send(" " + ENTER)  # the first one, -n 20, not any more
    terminal.child.expect("Add this")

    assert terminal.press(ENTER) == 0
    (tool,) = tomllib.loads((folder / "handrail.toml").read_text())["tool"]
    assert tool["args"][:3] == ["log", "-n", "20"]
    assert "max_count" not in tool["params"]
