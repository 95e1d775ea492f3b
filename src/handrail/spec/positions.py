"""A regular expression as the steps that a matcher may take from character to character.

After Glushkov: every character of the pattern is a position, and edges lead from each to those
that may be matched next. Here edges are counted: two of them between the same positions are two
ways to take one step, and a backtracking matcher tries both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from re import _parser  # type: ignore[attr-defined]  # what `re` itself parses with; it has no stubs
from typing import Any

from handrail.spec.alphabet import Alphabet, Characters

MOST_POSITIONS = 1_000
"""Positions of a pattern that can be judged in a moment."""
LONGEST_REPEAT = 64
"""How long a repeat of one character may become, before it counts as endless."""
MOST_COPIES = 256
"""Positions that a repeat with a fixed count may be written out to."""
_SEVERAL = 2
"""More ways than one need no counting."""

Ways = Counter[int]
"""Positions, each with the number of ways to get there."""


class TooLarge(ValueError):
    """The pattern has more positions than can be judged."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pattern: where it may begin and end, and in how many ways it matches nothing."""

    empty: int = 0
    first: Ways = field(default_factory=Counter)
    last: Ways = field(default_factory=Counter)


_NOTHING = Part(empty=1)


@dataclass(slots=True)
class Positions:
    """What each position matches, and in how many ways others may follow it."""

    characters: list[Characters] = field(default_factory=list)
    edges: list[Ways] = field(default_factory=list)

    def add(self, characters: Characters) -> Part:
        """A part of one character."""
        number = len(self.characters)
        if number == MOST_POSITIONS:
            raise TooLarge
        self.characters.append(characters)
        self.edges.append(Counter())
        return Part(0, Counter([number]), Counter([number]))

    def join(self, before: Part, after: Part) -> Part:
        """One part, then another."""
        self.follow(before, after)
        return Part(
            min(before.empty * after.empty, _SEVERAL),
            _sum(before.first, _times(after.first, before.empty)),
            _sum(after.last, _times(before.last, after.empty)),
        )

    def follow(self, before: Part, after: Part, ways: int = 1) -> None:
        """Let what `after` begins with come next to what `before` ends with."""
        for start, exits in before.last.items():
            for end, entries in after.first.items():
                self.edges[start][end] += exits * entries * ways


def positions_of(pattern: str) -> Positions:
    """The positions of a pattern that `re` can compile. Raises `TooLarge`."""
    tree = _parser.parse(pattern)
    reader = _Reader(Alphabet.of(tree))
    reader.sequence(tree, tree.state.flags)
    return reader.positions


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the tree of `re` into positions; each method takes the arguments of one kind."""

    alphabet: Alphabet
    positions: Positions = field(default_factory=Positions)

    def sequence(self, nodes: Iterable[Any], flags: int) -> Part:
        parts = (self.node(str(kind), value, flags) for kind, value in nodes)
        return reduce(self.positions.join, parts, _NOTHING)

    def node(self, kind: str, value: Any, flags: int) -> Part:
        if kind in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return self.positions.add(self.alphabet.matched(kind, value, flags))
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, nodes = value
            return self.repeat(least, most, nodes, flags)
        if kind == "GROUPREF":
            return self.anything()
        return self.group(kind, value, flags)

    def group(self, kind: str, value: Any, flags: int) -> Part:
        match kind:
            case "SUBPATTERN":
                _, added, removed, nodes = value
                return self.sequence(nodes, (flags | added) & ~removed)
            case "ATOMIC_GROUP":
                return self.sequence(value, flags)
            case "BRANCH":
                return _either(self.sequence(nodes, flags) for nodes in value[1])
            case "GROUPREF_EXISTS":
                return _either(self.sequence(nodes or (), flags) for nodes in value[1:])
            case "ASSERT" | "ASSERT_NOT" if value[0] > 0:
                # Looking ahead, a matcher goes a way that leads nowhere, and comes back.
                return Part(1, self.sequence(value[1], flags).first)
            case _:  # a place between characters; and looking behind has a fixed length
                return _NOTHING

    def repeat(self, least: int, most: int, nodes: Sequence[Any], flags: int) -> Part:
        before = len(self.positions.characters)
        one = self.sequence(nodes, flags)
        if most <= 1:
            return one if least == most else _optional(one)
        size = len(self.positions.characters) - before
        fixed = least == most and most * size <= MOST_COPIES
        if not one.empty and (fixed or (size == 1 and most <= LONGEST_REPEAT)):
            copies = [one, *(self.sequence(nodes, flags) for _ in range(most - 1))]
            return self.written_out(copies, least)
        # Where a round may be empty, how many are and which is a choice, too.
        self.positions.follow(one, one, _SEVERAL if one.empty and least > 1 else 1)
        empty = _SEVERAL if one.empty else int(least == 0)
        return Part(empty, one.first, _times(one.last, 1 + one.empty))

    def written_out(self, copies: list[Part], least: int) -> Part:
        """`a{1,3}` as `a(a(a)?)?`."""
        rest = _NOTHING
        for number, part in reversed(list(enumerate(copies))):
            joined = self.positions.join(part, rest)
            rest = joined if number < least else _optional(joined)
        return rest

    def anything(self) -> Part:
        one = self.positions.add(self.alphabet.all)
        self.positions.follow(one, one)
        return _optional(one)


def _either(parts: Iterable[Part]) -> Part:
    return reduce(
        lambda a, b: Part(
            min(a.empty + b.empty, _SEVERAL), _sum(a.first, b.first), _sum(a.last, b.last)
        ),
        parts,
        Part(),
    )


def _optional(part: Part) -> Part:
    return _either([part, _NOTHING])


def _sum(some: Ways, others: Ways) -> Ways:
    total = some + others
    return Counter({position: min(ways, _SEVERAL) for position, ways in total.items()})


def _times(some: Ways, times: int) -> Ways:
    return Counter(
        {position: min(ways * times, _SEVERAL) for position, ways in some.items() if times}
    )
