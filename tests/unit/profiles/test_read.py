"""A command line is read as its program would read it, and nothing in it goes unseen."""

from __future__ import annotations

import getopt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.profiles.profile import Profile
from handrail.profiles.read import Setting, read
from handrail.profiles.reading import Reading
from handrail.profiles.role import Role

SORT = {
    "operands": ["read"],
    "options": {"flag": ["-n", "-r", "--reverse"], "text": ["-k", "--key"], "write": ["-o"]},
}
WRAP = {"syntax": "posix", "operands": ["text", "command"], "options": {"text": ["-s"]}}
XARGS = {
    "syntax": "posix",
    "operands": ["command"],
    "appends": True,
    "options": {"flag": ["-0"], "placeholder": ["-I"], "text": ["-n"]},
}
FIND = {
    "syntax": "words",
    "operands": ["read"],
    "options": {"text": ["-name"], "flag": ["-print"], "command": ["-exec"]},
}
GIT = {
    "syntax": "posix",
    "options": {"folder": ["-C"], "run": ["-c"]},
    "always": ["--no-pager"],
    "command": {
        "run": {"operands": ["command"]},
        "log": {
            "syntax": "gnu",
            "operands": ["maybe"],
            "after": ["path"],
            "number": True,
            "always": ["--no-ext-diff"],
            "options": {"flag": ["--oneline"], "text": ["--stat?", "-n"]},
        },
    },
}


def profile(table: dict[str, Any]) -> Profile:
    return Profile.model_validate(table, strict=False)


PROFILES = {
    "sort": profile(SORT),
    "wrap": profile(WRAP),
    "xargs": profile(XARGS),
    "find": profile(FIND),
    "git": profile(GIT),
    "unknown": None,
}


def reading(*words: str, **setting: Any) -> Reading:
    found = read(words[0], words[1:], Setting(PROFILES, **setting))
    assert found is not None
    return found


def uses(*words: str) -> list[tuple[Role, str, str | None]]:
    return [(use.role, use.name, use.value) for use in reading(*words).uses]


def argv(*words: str, **setting: Any) -> tuple[str, ...]:
    return reading(*words, **setting).arguments(lambda name: f"/bin/{name}")


def test_options_are_told_from_operands() -> None:
    assert uses("sort", "-nr", "a", "-oout", "--key=2", "-k", "3", "--", "-x") == [
        (Role.FLAG, "-n", None),
        (Role.FLAG, "-r", None),
        (Role.WRITE, "-o", "out"),
        (Role.TEXT, "--key", "2"),
        (Role.TEXT, "-k", "3"),
        (Role.READ, "operand", "a"),
        (Role.READ, "operand", "-x"),
    ]


@pytest.mark.parametrize(
    "words", [("--out=x",), ("-z",), ("--rev",), ("-nz",), ("--reverse=1",), ("-n=1",), ("--", "-")]
)
def test_what_the_profile_does_not_name_is_unknown(words: tuple[str, ...]) -> None:
    found = [role for role, _, _ in uses("sort", *words)]
    assert (Role.UNKNOWN in found) == (words != ("--", "-"))


def test_a_value_may_hide_in_a_cluster() -> None:
    assert (Role.WRITE, "-o", "victim") in uses("sort", "-rno", "victim")
    assert (Role.WRITE, "-o", "victim") in uses("sort", "-rnovictim")


def test_a_subcommand_has_options_of_its_own() -> None:
    assert reading("git", "-C", "sub", "log", "-5", "--stat=3").path == ("git", "log")
    assert uses("git", "-C", "sub", "log", "-5", "--stat=3", "main", "--", "a.py") == [
        (Role.FOLDER, "-C", "sub"),
        (Role.FLAG, "-5", None),
        (Role.TEXT, "--stat", "3"),
        (Role.MAYBE, "operand", "main"),
        (Role.PATH, "operand", "a.py"),
    ]
    assert (Role.UNKNOWN, "frobnicate", None) in uses("git", "frobnicate")
    assert (Role.UNKNOWN, "-C", None) in uses("git", "log", "-C", "x")


def test_neutralisers_stand_where_they_are_understood() -> None:
    assert argv("git", "-C", "sub", "log", "-5") == (
        "--no-pager", "-C", "sub", "log", "--no-ext-diff", "-5",
    )  # fmt: skip


def test_paths_are_relative_to_the_folders_before_them() -> None:
    found = reading("git", "-C", "a", "-C", "b", "log", "x").uses
    assert [use.folders for use in found] == [(), ("a",), ("a", "b")]


def test_a_command_inside_another_runs_in_the_folders_that_that_has_entered() -> None:
    inside = reading("git", "-C", "a", "run", "sort", "x").nested[0].reading
    assert inside is not None
    assert [use.folders for use in inside.uses] == [("a",)]


def test_an_equals_sign_after_a_letter_may_belong_to_the_value_or_not() -> None:
    assert uses("sort", "-k=") == [(Role.TEXT, "-k", "=")]
    assert uses("sort", "-o=/etc/x") == [(Role.UNKNOWN, "-o", None)]


def test_a_command_inside_a_command_is_read_too() -> None:
    found = reading("wrap", "5", "git", "-c", "a=b", "log")
    (inside,) = found.nested
    assert inside.reading is not None
    assert [use.role for use in inside.reading.uses] == [Role.RUN]
    assert argv("wrap", "5", "git", "log") == (
        "5", "/bin/git", "--no-pager", "log", "--no-ext-diff",
    )  # fmt: skip


def test_a_program_that_the_tool_does_not_run_is_no_command_inside_either() -> None:
    assert (Role.RUN, "sh", None) in uses("wrap", "5", "sh", "-c", "x")
    assert (Role.RUN, "/bin/git", None) in uses("wrap", "5", "/bin/git", "log")


def test_names_from_an_input_never_become_options() -> None:
    assert argv("xargs", "-0", "sort", "-n") == ("-0", "/bin/sort", "-n", "--")
    assert argv("xargs", "-I", "F", "sort", "-n", "F") == (
        "-I", "F", "/bin/sort", "-n", "--", "F",
    )  # fmt: skip
    inside = reading("xargs", "-I", "F", "sort", "F", "-n").nested[0].reading
    assert inside is not None
    assert Role.REFUSED in {use.role for use in inside.uses}


def test_names_that_are_not_known_yet_are_no_programs_and_no_options_values() -> None:
    for words in (("xargs", "git"), ("xargs", "wrap", "1"), ("xargs", "-I", "{}", "sort", "-o{}")):
        outer = reading(*words)
        roles = {use.role for one in (outer, *_inside(outer)) for use in one.uses}
        assert roles & {Role.UNKNOWN, Role.RUN, Role.WRITES}, words


def test_find_runs_a_command_of_its_own() -> None:
    found = reading("find", ".", "-name", "*.py", "-exec", "sort", "{}", "+", "-print")
    assert [one.words for one in found.nested] == [("sort", "{}")]
    assert [use.role for use in found.uses] == [Role.TEXT, Role.FLAG, Role.READ]
    assert argv("find", ".", "-exec", "sort", "{}", ";") == (".", "-exec", "/bin/sort", "{}", ";")


def _inside(outer: Reading) -> list[Reading]:
    return [one.reading for one in outer.commands() if one.reading is not None]


WORD = st.one_of(
    st.sampled_from(
        [
            "-n", "-r", "-rn", "-k", "-k2", "-o", "-oout", "-nro", "--reverse", "--key", "--key=1",
            "--", "-", "a", "sort", "git", "log", "-C", "-5", "--stat", "find", "-exec", ";", "+",
            "{}", "xargs", "-I", "wrap", "5", "-c", "-name", "-print", "", "-0",
        ]
    ),
    st.text(max_size=4),
)  # fmt: skip
LINES = st.lists(WORD, max_size=10)


@given(st.sampled_from(["sort", "git", "find", "wrap", "xargs"]), LINES)
def test_every_word_is_read_or_the_command_is_not_known(name: str, words: list[str]) -> None:
    found = reading(name, *words)
    assert found.words == tuple(words)
    if any(use.role in (Role.UNKNOWN, Role.RUN) for use in found.uses):
        return
    seen = set(range(found.rest))
    for use in found.uses:
        seen |= {use.at, use.at + 1} if words[use.at : use.at + 2][1:] == [use.value] else {use.at}
    for one in found.nested:
        seen |= set(range(one.start - 1, one.end + 1))
    unseen = [word for at, word in enumerate(words) if at not in seen]
    assert set(unseen) <= {"--"}


@given(st.sampled_from(["sort", "git", "find", "wrap", "xargs"]), LINES)
def test_what_runs_is_what_was_given_and_what_the_profiles_add(name: str, words: list[str]) -> None:
    ran = list(reading(name, *words).arguments(lambda program: program))
    added = ["--no-pager", "--no-ext-diff", "--"]
    for word in words:
        while ran and ran[0] != word and ran[0] in added:
            ran.pop(0)
        assert ran.pop(0) == word
    assert set(ran) <= set(added)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["-a", "-ab", "-c1", "-c", "-ac", "--flag", "--value", "--value=", "--"]
            ),
            st.text("abc-=x", max_size=4),
        ),
        max_size=8,
    ),
    st.sampled_from(["gnu", "posix"]),
)
def test_options_are_read_as_getopt_reads_them(words: list[str], syntax: str) -> None:
    """getopt(3) is what programs use; Python's own says the same of a line."""
    table = profile(
        {
            "syntax": syntax,
            "operands": ["text"],
            "information": [],
            "options": {"flag": ["-a", "-b", "--flag"], "text": ["-c", "--value"]},
        }
    )
    found = read("p", words, Setting({"p": table}))
    assert found is not None
    parse = getopt.gnu_getopt if syntax == "gnu" else getopt.getopt
    roles = [use.role for use in found.uses]
    try:
        options, operands = parse(words, "abc:", ["flag", "value="])
    except getopt.GetoptError:
        missing = any(use.role is Role.TEXT and use.value is None for use in found.uses)
        assert Role.UNKNOWN in roles or missing
        return
    if Role.UNKNOWN in roles:
        return  # an abbreviation
    told = [(use.name, use.value or "") for use in found.uses if use.name != "operand"]
    assert told == options
    assert [use.value for use in found.uses if use.name == "operand"] == operands
