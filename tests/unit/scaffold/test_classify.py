"""Each word of an example is read as what it is to its program."""

from __future__ import annotations

import shlex

import pytest

from handrail.profiles.catalogue import shipped
from handrail.scaffold.classify import taken_apart
from handrail.scaffold.piece import Command


def read(command: str) -> Command:
    program, *words = shlex.split(command)
    return taken_apart(program, words, shipped(program))


def kinds(command: str) -> list[tuple[str, str]]:
    return [(" ".join(one.words), str(one.kind)) for one in read(command).pieces]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "git -C lib log --oneline -n 20 src",
            [
                ("-C lib", "option"),
                ("log", "subcommand"),
                ("--oneline", "flag"),
                ("-n 20", "option"),
                ("src", "operand"),
            ],
        ),
        (
            "git log -- -x",
            [("log", "subcommand"), ("--", "end of options"), ("-x", "operand")],
        ),
        ("sort -rk2 a", [("-rk2", "option"), ("a", "operand")]),
        ("tar xzf a.tgz b", [("xzf a.tgz", "kept as it is"), ("b", "operand")]),
        (
            "ruff check --select E501 src",
            [("check", "subcommand"), ("--select E501", "kept as it is"), ("src", "operand")],
        ),
        (
            "git log --no-such-option x",
            [("log", "subcommand"), ("--no-such-option x", "kept as it is")],
        ),
        (
            "python3 run.py --year 2026 -v --out=a.csv",
            [
                ("run.py", "operand"),
                ("--year 2026", "option"),
                ("-v", "flag"),
                ("--out=a.csv", "option"),
            ],
        ),
        (
            "no-such-program go --days=7 -n 3 -v in.csv",
            [
                ("go", "operand"),
                ("--days=7", "option"),
                ("-n 3", "option"),
                ("-v", "flag"),
                ("in.csv", "operand"),
            ],
        ),
    ],
)
def test_words_are_read_by_the_profile(command: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(command) == expected


def test_a_short_option_has_the_long_name_that_goes_with_it() -> None:
    assert read("git log -n 3").pieces[1].long == "--max-count"
    assert read("git blame -L 1,2 x").pieces[1].long is None  # --abbrev is only its neighbour


def test_the_last_operand_is_another_one() -> None:
    *sources, target = read("cp a b c").pieces

    assert [one.repeats for one in sources] == [True, True]
    assert (target.repeats, str(target.role)) == (False, "write")
    assert all(str(one.role) == "read" for one in sources)
