"""A command as rules see it, however its caller put it.

`git push`, `git -C lib push` and `git --no-pager push` are one command, and rules must hold for
all of them. A profile tells which elements before the subcommand are options; where there is
none, every element that looks like an option may be left out, and the one after it too, as it may
be its value. That matches rather too much than too little, and a rule can only make stricter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handrail.profiles.reading import Reading
from handrail.profiles.scan import is_option
from handrail.spec.element import Element, fits
from handrail.spec.rule import RuleSpec


@dataclass(frozen=True, slots=True)
class Command:
    """A program's name and its arguments, as given, and what its profile says of them."""

    words: tuple[str, ...]
    reading: Reading | None = None

    def matches(self, rule: RuleSpec) -> bool:
        """Whether the rule's `argv` and `has` are true of it; so they are when there are none."""
        begins = not rule.argv or self.begins(rule.argv)
        return begins and (not rule.has or self.has(rule.has))

    def begins(self, argv: Sequence[Element]) -> bool:
        """Whether it begins so, word for word or with options between."""
        given = self.words[: len(argv)]
        if len(given) == len(argv) and all(map(fits, argv, given)):
            return True
        forms = (self.words,) if self.reading is None else self.reading.canonical
        return any(_follow(argv, form) for form in forms)

    def has(self, elements: Sequence[Element]) -> bool:
        """Whether one of `elements` is among its arguments."""
        return any(fits(element, word) for word in self._arguments() for element in elements)

    def _arguments(self) -> Iterator[str]:
        """Its arguments, and its options by themselves: `--force` of `--force=yes`, too."""
        for word in self.words[1:]:
            yield word
            if is_option(word) and "=" in word:
                yield word.partition("=")[0]
            if self.reading is None and is_option(word) and not word.startswith("--"):
                yield from (f"-{letter}" for letter in word[1:])
        uses = self.reading.uses if self.reading is not None else ()
        yield from (use.name for use in uses if is_option(use.name))


def commands(words: Sequence[str], reading: Reading | None) -> Iterator[Command]:
    """The command with these words, and every command inside it."""
    yield Command(tuple(words), reading)
    for inside in reading.commands() if reading is not None else ():
        yield Command(inside.words, inside.reading)


def _follow(argv: Sequence[Element], words: Sequence[str]) -> bool:
    """Whether `words` are those of `argv` when some options, with their values, are left out."""
    if not fits(argv[0], words[0]):
        return False
    # How many elements of argv may have been found, and whether an option was left out just now.
    found = {(1, False)}
    for word in words[1:]:
        found = {after for before in found for after in _after(*before, word, argv)}
    return any(count == len(argv) for count, _ in found)


def _after(
    count: int,
    value_may_follow: bool,  # noqa: FBT001  # half of a state
    word: str,
    argv: Sequence[Element],
) -> Iterator[tuple[int, bool]]:
    if count == len(argv):
        yield count, False
        return
    if fits(argv[count], word):
        yield count + 1, False
    if is_option(word):
        yield count, "=" not in word
    elif value_may_follow:
        yield count, False
