"""`handrail new` at a real terminal: as wide as most, and as narrow as some."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.screen import BACK, DOWN, ENTER, ERASE_LINE, INTERRUPT, SPACE, UP, Screen, screen
from tests.cli.terminal import handrail
from tests.running import hand_over

SIZES = [(80, 24), (40, 20)]
ASKED = (
    *("What is the server called?", "What is it for, in a sentence?", "Which tools?"),
    *("Which commands of yours?", "May tools change things?", "What is kept between calls?"),
    *("Where will it run?", "Which folder may tools see?"),
    *("How strongly must commands be confined?", "Which commands must never run?"),
    *("How much may one call take?", "How is the log written?"),
)
"""What is asked of one who says nothing but Enter, in a Git repository."""
AT_ONCE = ("What is the server called?", "Which tools?", "Which commands must never run?")
LATER = tuple(one for one in ASKED if one not in AT_ONCE)
CONFIRM = "Write handrail.toml? [Y/n]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shop"
    made.mkdir(mode=0o755)
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    return made


@contextmanager
def interview(folder: Path, *words: str, size: tuple[int, int] = (80, 24)) -> Iterator[Screen]:
    """`handrail new` in a terminal."""
    with screen("new", *words, folder=folder, size=size) as shown:
        yield shown


def reach(shown: Screen, question: str) -> None:
    """Press Enter until `question` is asked."""
    for one in (*ASKED, CONFIRM):
        shown.see_question(one)
        if one == question:
            return
        shown.type(ENTER)


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".git"}


@pytest.mark.parametrize("size", SIZES)
def test_enter_all_the_way_writes_a_file_that_is_served(
    folder: Path, size: tuple[int, int]
) -> None:
    with interview(folder, size=size) as shown:
        for question in (*ASKED, CONFIRM):
            shown.see_question(question)
            assert len(shown.lines) == size[1]
            assert max(map(len, shown.lines)) <= size[0]
            shown.type(ENTER)
        code = shown.end()

    assert code == 0, shown.all_text
    for number in ("1 of 12", "6 of 12", "12 of 12"):
        assert number in shown.all_text
    assert "no problems found" in shown.text
    assert "handrail call git_status" in shown.text
    assert left(folder) == {"handrail.toml", ".handrail"}
    again = handrail("new", "--yes", "--dry-run", folder=folder)
    assert (folder / "handrail.toml").read_text() == again.out
    assert handrail("call", "git_status", folder=folder).code == 0


TYPED = (
    ("What is the server called?", f"{ERASE_LINE}mine{ENTER}"),
    ("What is it for, in a sentence?", f'Says "hello" to ${{HOME}}.{ENTER}'),
    ("Which tools?", f"{DOWN}{DOWN}{SPACE}{ENTER}"),
    ("Which commands of yours?", f"curl https://api.example.com/v1{ENTER}"),
    ("Another one?", f"git log -n 20{ENTER}"),
    ("Another one?", ENTER),
    ("May tools change things?", f"{DOWN}{DOWN}{ENTER}"),
    ("What is kept between calls?", f"{DOWN}{ENTER}"),
    ("Where will it run?", f"{DOWN}{ENTER}"),
    ("Which folder may tools see?", ENTER),
    ("Which variables do the commands need?", f"MODE=fast{ENTER}"),
    ("How strongly must commands be confined?", ENTER),
    ("Which commands must never run?", f"git push{ENTER}"),
    ("Another one?", ENTER),
    ("Which hosts may commands reach?", f"{UP}{ENTER}"),
    ("Which secrets do the commands need?", ENTER),
    ("How do callers prove who they are?", ENTER),
    ("How much may one call take?", f"{ERASE_LINE}5s 1GiB 32KiB 2{ENTER}"),
    ("How is the log written?", ENTER),
    ("Where do traces and metrics go?", ENTER),
    (CONFIRM, ENTER),
)


def test_answers_that_are_typed_are_those_of_the_file(folder: Path) -> None:
    hand_over(folder, folder / ".git")
    with interview(folder) as shown:
        for question, keys in TYPED:
            shown.see_question(question)
            shown.type(keys)
        assert shown.end() == 0, shown.all_text

    said = tomllib.loads((folder / "handrail.toml").read_text())
    assert said["server"] == {"name": "mine", "instructions": 'Says "hello" to ${HOME}.'}
    assert said["use"] == ["files", "git"]
    assert said["limits"] == {
        **{"timeout": "5s", "memory": "1GiB", "output": "32KiB", "concurrency": 2}
    }
    tools = {tool["name"]: tool for tool in said["tool"]}
    assert tools.keys() == {"curl", "git_log_2"}
    assert (tools["curl"]["network"], tools["curl"]["env"]) == (True, {"MODE": "fast"})
    assert said["rule"][0]["argv"] == ["git", "push"]
    assert said["auth"] == {"keys": ".handrail/keys.json"}
    assert "--set 'deny=git push'" in shown.all_text


@pytest.mark.parametrize(
    "key", [BACK, pytest.param(f"{ERASE_LINE}<{ENTER}", marks=pytest.mark.nightly)]
)
def test_back_asks_the_question_before_with_what_was_typed(folder: Path, key: str) -> None:
    with interview(folder) as shown:
        shown.see_question("What is the server called?")
        shown.type(f"{ERASE_LINE}first{ENTER}")
        shown.see_question("What is it for, in a sentence?")
        shown.type(key)
        shown.see_question("What is the server called?")
        shown.see("called? first")
        shown.type(f"{ERASE_LINE}second{ENTER}")
        for question in (*ASKED[1:], CONFIRM):
            shown.see_question(question)
            shown.type(ENTER)
        assert shown.end() == 0, shown.all_text

    assert tomllib.loads((folder / "handrail.toml").read_text())["server"]["name"] == "second"


@pytest.mark.nightly
def test_back_from_a_list_and_from_the_end(folder: Path) -> None:
    with interview(folder) as shown:
        reach(shown, "May tools change things?")
        shown.type(BACK)
        shown.see_question("Which commands of yours?")
        shown.type(ENTER)
        for question in ASKED[4:]:
            shown.see_question(question)
            shown.type(ENTER)
        shown.see_question(CONFIRM)
        shown.type(BACK)
        shown.see_question("How is the log written?")
        shown.type(INTERRUPT)
        assert shown.end() == 130


@pytest.mark.parametrize(
    "question",
    [*AT_ONCE, CONFIRM, *(pytest.param(one, marks=pytest.mark.nightly) for one in LATER)],
)
def test_ctrl_c_leaves_nothing_behind(folder: Path, question: str) -> None:
    with interview(folder) as shown:
        reach(shown, question)
        shown.type(INTERRUPT)
        code = shown.end()

    assert (code, left(folder)) == (130, set())
    assert "Nothing was written." in shown.text


@pytest.mark.nightly
def test_a_person_who_says_no_gets_nothing(folder: Path) -> None:
    with interview(folder) as shown:
        reach(shown, CONFIRM)
        shown.type(f"n{ENTER}")
        code = shown.end()

    assert (code, left(folder)) == (1, set())


def test_what_was_said_beforehand_is_not_asked(folder: Path) -> None:
    words = ["--set", "server.name=x", "--set", "changes=files", "--preset", "shared"]
    with interview(folder, *words) as shown:
        shown.see_question("What is it for, in a sentence?")
        shown.type(INTERRUPT)
        shown.end()

    assert "called?" not in shown.all_text


@pytest.mark.nightly
def test_a_rehearsal_asks_and_writes_nothing(folder: Path) -> None:
    with interview(folder, "--dry-run") as shown:
        for question in ASKED:
            shown.see_question(question)
            shown.type(ENTER)
        code = shown.end()

    assert (code, left(folder)) == (0, set())
    assert "config_version = 1" in shown.all_text


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_plain_terminal_gets_plain_lines(folder: Path, name: str, value: str) -> None:
    with screen("new", folder=folder, size=(80, 24), **{name: value}) as shown:
        shown.see("1 of 12: What is the server called?")
        shown.type("mine\n")
        shown.see("What is it for, in a sentence?")
        shown.type("<\n")
        shown.see("[mine]")
        shown.type("\n\n")
        shown.see("Which tools?")
        shown.type("gti\n")
        shown.see('Did you mean "git"?')
        shown.type("git\n\n")
        shown.see("May tools change things?")
        shown.type("files\n" + "\n" * 7)
        shown.see(CONFIRM)
        shown.type("\n")
        code = shown.end()

    assert code == 0, shown.all_text
    assert "\x1b" not in shown.raw
    said = tomllib.loads((folder / "handrail.toml").read_text())
    assert (said["server"]["name"], said["use"]) == ("mine", ["git:read"])


def test_without_the_extra_it_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    lacking = tmp_path / "lacking"
    lacking.mkdir()
    (lacking / "questionary.py").write_text(
        "raise ModuleNotFoundError('gone', name='questionary')\n"
    )
    with screen("new", folder=folder, PYTHONPATH=str(lacking)) as shown:
        code = shown.end()

    assert code == 2
    assert 'pip install "handrail[wizard]"' in shown.text
