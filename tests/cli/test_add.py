"""`handrail add` at a command line and at a terminal."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.screen import Screen, screen
from tests.cli.terminal import handrail
from tests.running import hand_over

FILE = '# Mine.\nconfig_version = 1\n\n[server]\nname = "x"  # kept\n'
LOG = "git log -n 20 --author=Ada src/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "handrail.toml").write_text(FILE)
    hand_over(tmp_path)
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

    told = json.loads(done.out)
    assert (told["written"], told["next"][0].split()[:3]) == (
        False,
        ["handrail", "explain", "git_log"],
    )
    assert told["tools"][0]["words"][3] == {
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
        ("ls", "--from-make"),
        ("--from-make", "nowhere"),
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


def test_a_json_document_is_no_consent(folder: Path) -> None:
    done = handrail("add", LOG, "--json", folder=folder)

    assert done.code == 2
    assert (folder / "handrail.toml").read_text() == FILE


def test_a_name_of_a_pack_is_taken(folder: Path) -> None:
    (folder / "handrail.toml").write_text('use = ["git:read"]\n' + FILE)

    done = handrail("add", LOG, "--yes", folder=folder)

    assert done.code == 2
    assert 'pack "git"' in done.err
    assert tools(folder) == []


def test_the_usual_makefile_needs_no_name(folder: Path) -> None:
    (folder / "Makefile").write_text("test:  ## run the tests\n\ttrue\n")

    done = handrail("add", "--from-make", "--yes", folder=folder)

    assert tools(folder) == ["make_test"], done.err
    assert "warning[S406]" not in done.err  # a note of the draft says it already
    assert "S406" in done.err


def test_what_this_machine_lacks_is_said(folder: Path) -> None:
    done = handrail("add", "no-such-program --days=7", "--yes", folder=folder)

    assert done.code == 1
    assert "is not installed here" in done.err
    assert "error[E411]" in done.err
    assert tools(folder) == ["no_such_program"]


def test_findings_are_of_the_new_tool_only(folder: Path) -> None:
    handrail("add", "cp a b", "--yes", folder=folder)
    done = handrail("add", "git status", "--yes", folder=folder)

    assert done.code == 0, done.err
    assert "cp" not in done.err


DOWN, ENTER, SPACE, CONTROL_C, CONTROL_D = "\x1b[B", "\r", " ", "\x03", "\x04"


@contextmanager
def terminal(folder: Path, *words: str, **environ: str) -> Iterator[Screen]:
    """`handrail add` at a terminal."""
    with screen("add", *words, folder=folder, size=(80, 60), **environ) as shown:
        shown.see("Add this?")
        yield shown


def test_at_a_terminal_enter_adds_it(folder: Path) -> None:
    with terminal(folder, LOG) as shown:
        shown.type(ENTER)
        assert shown.end() == 0, shown.all_text
    assert tools(folder) == ["git_log"]


@pytest.mark.parametrize("key", [CONTROL_C, CONTROL_D])
def test_at_a_terminal_ctrl_c_leaves_nothing(folder: Path, key: str) -> None:
    with terminal(folder, LOG) as shown:
        shown.type(CONTROL_C if key == CONTROL_C else f"{DOWN}{DOWN}{ENTER}")
        if key == CONTROL_D:
            shown.see("Its name")
            shown.type("\x15" + CONTROL_D)  # on an empty line
        assert shown.end() == 130
        assert "Nothing was written." in shown.all_text
    assert (folder / "handrail.toml").read_text() == FILE


def test_what_was_edited_meanwhile_stays(folder: Path) -> None:
    with terminal(folder, LOG) as shown:
        (folder / "handrail.toml").write_text(FILE + "# Edited.\n")
        shown.type(ENTER)
        assert shown.end() == 2
        assert "changed meanwhile" in shown.all_text
    assert (folder / "handrail.toml").read_text() == FILE + "# Edited.\n"


def test_at_a_terminal_it_can_be_left(folder: Path) -> None:
    with terminal(folder, LOG) as shown:
        shown.type(DOWN * 3 + ENTER)
        assert shown.end() == 1
    assert (folder / "handrail.toml").read_text() == FILE


def test_at_a_terminal_a_word_can_be_made_to_stay_and_the_tool_renamed(folder: Path) -> None:
    with terminal(folder, LOG) as shown:
        shown.type(DOWN + ENTER)
        shown.see("Callers may change")
        shown.type(SPACE + ENTER)  # the first one, -n 20, not any more
        shown.see('args = ["log", "-n", "20"')
        shown.see_question("Add this?")
        shown.type(DOWN * 2 + ENTER)
        shown.see("Its name")
        shown.type("\x15history" + ENTER)
        shown.see('name = "history"')
        shown.see_question("Add this?")
        shown.type(ENTER)
        assert shown.end() == 0, shown.all_text

    (tool,) = tomllib.loads((folder / "handrail.toml").read_text())["tool"]
    assert tool["name"] == "history"
    assert tool["args"][:3] == ["log", "-n", "20"]
    assert "max_count" not in tool["params"]


def test_at_a_terminal_a_name_that_cannot_be_is_asked_for_again(folder: Path) -> None:
    (folder / "handrail.toml").write_text('use = ["git:read"]\n' + FILE)
    with terminal(folder, LOG, NO_COLOR="1") as shown:
        shown.type("1" + ENTER)
        shown.see('pack "git" has a tool called')
        shown.type("3" + ENTER)
        shown.see("Its name [git_log]:")
        shown.type("no name" + ENTER)
        shown.see("not a tool name")
        shown.type("3" + ENTER)
        shown.type("history" + ENTER)
        shown.see('name = "history"')
        shown.type(ENTER)
        assert shown.end() == 0, shown.all_text
    assert tools(folder) == ["history"]
