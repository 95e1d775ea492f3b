"""Patterns that can make the matcher go back and back again, and those that cannot."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.spec.backtracking import super_linear

EXPONENTIAL = [
    "(a+)+",
    "(a|aa)+",
    "(.*)*x",
    r"(\w+\s?)*$",
    r"(\w|[a-f]x)+!",
    "((a*)?b)*",
    "(?:(?:a?)*b)*",
    "(?:(?:|)b)*",
    "(a?){30}a{30}",
    "(x+x+)+y",
    "(?:(?=a)*a)+",
    "(?i:(ab|A|B))+",
    "(a*)+?b",
]
QUADRATIC = [
    r"\s*\s*x",
    ".*foo.*",
    r"\w+.*",
    "a*b?a*",
    r"(a*)\1x",
    "(?:(?=.*x)a)*",
    "x{0,500}x{0,500}",
    r"\d+\d+",
    r"((?P<q>')?a)*(?(q)a+|b)",
]
LINEAR = [
    "",
    "^$",
    "a+",
    r"[\w ()-]{1,200}",
    r"(\w+)( \w+)*",
    r"\d{4}-\d{2}-\d{2}",
    "(?:[0-9a-f]{2})+",
    "(?:[0-9a-f]{64}\n)*",
    "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z]{2,63}",
    "https?://[^/]+/.*",
    r".*\.py",
    "[^=]+=.*",
    r"(?=.*\d)(?=.*[a-z]).+",
    r"[\w.-]+\.[a-z]{2,}",
    "(main|master|release/.*)",
    r"(?P<done>\d+)/(?P<total>\d+)",
    r"(\d{1,3}\.){3}\d{1,3}",
    "(?:abc|abd|x)*e",
    "a{1,3}a{1,3}",
    "(?:" + "|".join(f"word{number}" for number in range(60)) + ")*",
]


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_many_ways_through_a_repeat_are_told(pattern: str) -> None:
    assert super_linear(pattern) == "inside a repeat, the same text can be matched in several ways"


@pytest.mark.parametrize("pattern", QUADRATIC)
def test_repeats_that_can_match_the_same_text_are_told(pattern: str) -> None:
    assert super_linear(pattern) == "two repeats, one after the other, can match the same text"


@pytest.mark.parametrize("pattern", LINEAR)
def test_ordinary_patterns_are_not_refused(pattern: str) -> None:
    assert super_linear(pattern) is None


def test_a_pattern_that_is_too_large_is_refused() -> None:
    assert super_linear("a" * 2_000) == "it is too complicated to be judged"


def _repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    times = st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,3}", "{2,}"])
    return st.builds("(?:{})({})".format, inner, inner) | st.builds("(?:{}){}".format, inner, times)


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", r"\w", r"\s", "(?=a)", ""]),
    lambda inner: _repeated(inner) | st.builds("(?:{}|{})".format, inner, inner),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text("ab c", min_size=1, max_size=3), st.sampled_from(["", "!", "\n", "c"]))
def test_what_is_not_told_matches_long_texts_in_a_moment(pattern: str, word: str, end: str) -> None:
    if super_linear(pattern) is None:
        before = time.monotonic()
        re.fullmatch(pattern, word * 3_000 + end)
        assert time.monotonic() - before < 5  # one with two ways a round would take for ever
