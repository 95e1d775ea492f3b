"""Which elements of argv are options, and which value belongs to which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handrail.profiles.grammar import Grammar, Option
from handrail.profiles.role import Role

_NUMBER = re.compile(r"-\d+")


@dataclass(frozen=True, slots=True)
class Given:
    """One option as it was given: its name, what it is, its value, and how many elements it took.

    `option` is None when the grammar has no such option.
    """

    name: str
    option: Option | None
    value: str | None = None
    taken: int = 1


def is_option(word: str) -> bool:
    """Whether a program would look for an option here; `-` alone is a stream."""
    return word.startswith("-") and word != "-"


def scan(grammar: Grammar, words: Sequence[str], at: int) -> Iterator[Given]:
    """The options in the element at `at`: several in a cluster, one otherwise.

    Only the last one may have taken the element after it, too.
    """
    word = words[at]
    if grammar.level.number and _NUMBER.fullmatch(word):
        yield Given(word, Option(Role.FLAG))
    elif word in grammar.options:
        yield _whole(word, grammar.options[word], words, at)
    elif grammar.syntax == "words" or word.startswith("--"):
        yield _assigned(grammar, word)
    else:
        yield from cluster(grammar, word[1:], words, at)


def _whole(name: str, option: Option, words: Sequence[str], at: int) -> Given:
    """An option that is an element by itself; its value is the next, when it must have one."""
    if not option.takes_value or option.attached:
        return Given(name, option)
    value = words[at + 1] if at + 1 < len(words) else None
    return Given(name, option, value, taken=1 if value is None else 2)


def _assigned(grammar: Grammar, word: str) -> Given:
    name, equals, value = word.partition("=")
    option = grammar.options.get(name)
    if not equals or option is None or not option.takes_value:
        return Given(name, None)
    return Given(name, option, value)


def cluster(grammar: Grammar, letters: str, words: Sequence[str], at: int) -> Iterator[Given]:
    """The options in `-abc`: switches, and at its end perhaps one with a value."""
    for index, letter in enumerate(letters, start=1):
        name, rest = f"-{letter}", letters[index:]
        option = grammar.options.get(name)
        if option is None:
            yield Given(name, None)
            return
        if option.takes_value and rest:
            # Some programs take `-o=x` for `-o x`, and others for a value that begins with `=`.
            known = option.role is Role.TEXT or not rest.startswith("=")
            yield Given(name, option if known else None, rest)
            return
        yield _whole(name, option, words, at)
