"""An example is split as a shell would, and refused where it needs one."""

from __future__ import annotations

import pytest

from handrail.errors import UsageError
from handrail.scaffold.split import split


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("git  log\t -1".replace("\t", " "), ("git", "log", "-1")),
        ("git log \\\n    -1", ("git", "log", "-1")),
        ("echo 'a b' \"c d\" e\\ f", ("echo", "a b", "c d", "e f")),
        ("echo 'a'\"b\"c", ("echo", "abc")),
        ("jq '.a[] | {b}'", ("jq", ".a[] | {b}")),
        ("ls *.py src/?.c [ab]", ("ls", "*.py", "src/?.c", "[ab]")),
        ("git show HEAD@{1} stash@{0}", ("git", "show", "HEAD@{1}", "stash@{0}")),
        ("awk '{print $1}' x", ("awk", "{print $1}", "x")),
        ("echo \"it's\" '\"'", ("echo", "it's", '"')),
        ("echo '$(id)' '`id`' '${X}' '|' ';'", ("echo", "$(id)", "`id`", "${X}", "|", ";")),
        ("echo ''", ("echo", "")),
    ],
)
def test_words_are_a_shells(command: str, words: tuple[str, ...]) -> None:
    assert split(command).words == words


def test_what_is_set_before_the_program_is_its_environment() -> None:
    found = split("TZ='Europe/Berlin' LANG=C EMPTY= A=\"b c\" git log")

    assert found.env == {"TZ": "Europe/Berlin", "LANG": "C", "EMPTY": "", "A": "b c"}
    assert found.words == ("git", "log")


@pytest.mark.parametrize(
    ("command", "has_patterns"), [("ls *.py", True), ("ls '*.py' \\*", False), ("ls a?", True)]
)
def test_patterns_are_noticed_where_a_shell_would(command: str, *, has_patterns: bool) -> None:
    assert split(command).has_patterns is has_patterns


@pytest.mark.parametrize(
    "command",
    [
        *("", "  ", "''", "A=1", "A=$HOME ls", 'A="$HOME" ls', "A=$(id) ls", "A=`id` ls"),
        *(
            "A=~/x ls",
            "A+=1 ls",
            "echo {a,b}",
            "echo a{1..3}",
            "echo ~",
            'echo "$X"',
            'echo "`id`"',
        ),
        *("ls | wc", "ls |& wc", "ls & ", "ls && ls", "ls || ls", "ls; ls", "ls > x", "ls >> x"),
        *("ls < x", "ls <<< x", "ls 2>&1", "(ls)", "ls # all", "! ls", "if true", "cd x"),
        *("echo 'x", 'echo "x', "echo x\\", "ls\tx", "ls\x07", "ls\u202e", "ls\u2028x", "ls\x00"),
        *("sudo ls", "/bin/sh -c ls", "env A=1 ls", "xargs ls", "ssh host ls", "nice ls"),
    ],
)
def test_what_needs_a_shell_is_refused_with_a_way_out(command: str) -> None:
    with pytest.raises(UsageError) as refused:
        split(command)

    assert refused.value.message
    assert refused.value.hint
