"""A question shows a person exactly what would be done, whatever tries to mislead them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.mcp.question import tell
from handrail.mcp.visible import visible
from handrail.plan.program import Program
from handrail.plan.stage import Earlier, Stage
from handrail.policy.decision import Decision, Ground, Verdict
from handrail.policy.question import Question
from tests.builders import plan


def asked(*argv: str, **changes: object) -> str:
    """The text for a plan."""
    grounds = (Ground(Decision.ALLOW, "of no matter"), Ground(Decision.ASK, "it must be asked"))
    changed = replace(plan(*argv), **changes)  # type: ignore[arg-type]  # by name
    return tell(Question(changed, Verdict(Decision.ASK, grounds)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("--output=./a-b_c.txt", "--output=./a-b_c.txt"),
        ("", '""'),
        ("two words", '"two words"'),
        ("$(reboot)", '"$(reboot)"'),
        ("a'b\"c\\d", '"a\'b\\"c\\\\d"'),
        ("first\nfolder: /elsewhere", '"first\\nfolder: /elsewhere"'),
        ("\x1b[2Kgone\r", '"\\u{1b}[2Kgone\\r"'),
        ("gpj.\u202eexe", '"gpj.\\u{202e}exe"'),
        ("rm\u200b", '"rm\\u{200b}"'),
        ("rm\u3164", '"rm\\u{3164}"'),
        ("a\ufe0fb", '"a\\u{fe0f}b"'),
        ("tag\U000e0041", '"tag\\u{e0041}"'),
        ("bad\udcff", '"bad\\u{dcff}"'),
        ("naïve 文", '"naïve 文"'),
        ("r\u043et", '"r\u043et"'),
    ],
)
def test_a_word_is_shown_as_it_is(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(max_size=600))
def test_a_word_stays_on_one_line_and_short(text: str) -> None:
    shown = visible(text)

    assert shown.isprintable()
    assert shown.encode()
    assert len(shown) < 10 * 600


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_that_differ_look_different(one: str, other: str) -> None:
    assert (visible(one) == visible(other)) == (one == other)


def test_of_a_long_word_head_and_tail_are_shown_with_its_size_and_digest() -> None:
    word = "a" * 50_000 + "HIDDEN" + "z" * 50_000
    shown = visible(word)

    assert shown.startswith('"aaa')
    assert 'zzz" [' in shown
    assert "100,006 bytes in all" in shown
    assert hashlib.sha256(word.encode()).hexdigest() in shown
    assert len(shown) < 600


def test_ten_thousand_words_are_counted() -> None:
    told = asked("/bin/echo", *map(str, range(9_999)))

    assert "/bin/echo 0 1 2" in told
    assert "9996 9997 9998" in told
    assert "9,960 of 10,000 words are left out" in told
    assert told != asked("/bin/echo", *map(str, range(9_998)), "9998 ")
    assert len(told) < 2_000


def test_the_longest_question_is_bounded() -> None:
    stage = Stage(Program.at("echo", Path("/bin/echo")), ("\x00\U000e0041" * 1_000,) * 10_000)

    assert len(asked("/bin/echo", stages=(stage,) * 8).encode()) < 250_000


def test_every_command_of_a_pipeline_is_shown() -> None:
    first, second = plan("/bin/echo", "a|b").stages[0], plan("/bin/true").stages[0]

    assert '    /bin/echo "a|b"\n    | /bin/true\n' in asked("/bin/echo", stages=(first, second))


def test_what_it_reads_is_shown() -> None:
    assert 'input: "drop table x;\\n"\n' in asked("/bin/echo", stdin=b"drop table x;\n")
    assert "input: stderr of the earlier call c0ffee\n" in asked(
        "/bin/echo", stdin=Earlier("c0ffee", "stderr")
    )
    assert "input" not in asked("/bin/echo")


def test_network_folder_and_reasons_are_shown() -> None:
    told = asked("/bin/echo", network=True, cwd=Path("/a b"))

    assert "network: asked for\n" in told
    assert 'folder: "/a b"\n' in told
    assert told.endswith("why: it must be asked")


def test_hidden_values_are_covered_and_not_even_in_a_digest() -> None:
    told = asked("/bin/echo", "secret" * 100, stdin=b"x" * 1_000 + b"secret", hidden=("secret",))

    assert "secret" not in told
    assert hashlib.sha256(b"secret" * 100).hexdigest() not in told
    assert "***" in told
