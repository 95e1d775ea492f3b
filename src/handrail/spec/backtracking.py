"""Whether a regular expression can make the matcher of `re` go back and back again.

That matcher tries every way to match before it gives up. A text with many ways takes long, and who
gives the text decides how many. In the graph of a pattern's positions (`positions.py`):

- exponential: from a position in a loop, two ways lead back to it over the same text;
- quadratic or worse: a text leads round one loop, from it into a later loop, and round that one.

These are the two conditions of Weideman, van der Merwe, Berglund and Watson, "Analyzing matching
time behavior of backtracking regular expression matchers by using ambiguity of NFA" (CIAA 2016).
It errs on the side of refusing: what must follow a match, atomic groups and anchors are not seen.
Not seen either are several short repeats side by side (`LONGEST_REPEAT`), which are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handrail.spec.positions import Positions, TooLarge, positions_of

MOST_STATES = 100_000
"""States to look at, before a pattern counts as too complicated."""

Mask = int
"""A set of positions, one bit for each."""


def super_linear(pattern: str) -> str | None:
    """Why matching `pattern` may take more than linear time; None when it cannot.

    `pattern` must compile; it is judged as for a full match.
    """
    try:
        graph = _Graph.of(positions_of(pattern))
        if graph.is_exponential():
            return "inside a repeat, the same text can be matched in several ways"
        if graph.is_polynomial():
            return "two repeats, one after the other, can match the same text"
    except TooLarge:
        return "it is too complicated to be judged"
    return None


@dataclass(slots=True)
class _Graph:
    """Positions with what follows them, what they can reach, and what can match alike."""

    positions: Positions
    after: list[Mask]
    reach: list[Mask]
    alike: list[Mask]
    looked_at: int = 0

    @classmethod
    def of(cls, positions: Positions) -> _Graph:
        after = [sum(1 << end for end in ends) for ends in positions.edges]
        sets = positions.characters
        alike = [sum(1 << n for n, other in enumerate(sets) if one & other) for one in sets]
        return cls(positions, after, _closure(after), alike)

    def loop(self, position: int) -> Mask:
        """The positions from which there is a way to this one and back; 0 outside a loop."""
        there = _members(self.reach[position])
        return sum(1 << other for other in there if self.reach[other] >> position & 1)

    def is_exponential(self) -> bool:
        loops = {self.loop(position) for position in range(len(self.after))} - {0}
        return any(self._is_ambiguous(loop) for loop in loops)

    def _is_ambiguous(self, loop: Mask) -> bool:
        for start in _members(loop):
            ends = self.positions.edges[start]
            if any(ways > 1 and loop >> end & 1 for end, ways in ends.items()):
                return True
        parted = {
            (left, right)
            for start in _members(loop)
            for left in _members(self.after[start] & loop)
            for right in _members(self.after[start] & loop & self.alike[left])
            if left < right
        }
        return self._search(parted, loop)

    def _search(self, found: set[tuple[int, int]], loop: Mask) -> bool:
        """Whether two ways that parted can meet again over the same text."""
        open_ = list(found)
        while open_:
            self._count()
            left, right = open_.pop()
            for one in _members(self.after[left] & loop):
                both = self.after[right] & loop & self.alike[one]
                if both >> one & 1:
                    return True
                new = {(one, other) for other in _members(both)} - found
                found |= new
                open_ += new
        return False

    def is_polynomial(self) -> bool:
        loops = {n: loop for n in range(len(self.after)) if (loop := self.loop(n))}
        return any(
            self._leads_over(first, second, loops)
            for first in loops
            for second in _members(self.reach[first] & ~loops[first])
            if second in loops
        )

    def _leads_over(self, first: int, second: int, loops: dict[int, Mask]) -> bool:
        """Whether some text leads from `first` to itself and to `second`, and round that."""
        open_ = [(first, first, second)]
        found = set(open_)
        while open_:
            self._count()
            new = set(self._together(open_.pop(), loops[first], loops[second])) - found
            if (first, second, second) in new:
                return True
            found |= new
            open_ += new
        return False

    def _together(
        self, state: tuple[int, int, int], first: Mask, second: Mask
    ) -> Iterator[tuple[int, int, int]]:
        sets = self.positions.characters
        a, b, c = state
        for x in _members(self.after[a] & first):
            for z in _members(self.after[c] & second & self.alike[x]):
                for y in _members(self.after[b] & self.alike[x] & self.alike[z]):
                    if sets[x] & sets[y] & sets[z]:
                        yield x, y, z

    def _count(self) -> None:
        self.looked_at += 1
        if self.looked_at > MOST_STATES:
            raise TooLarge


def _closure(after: list[Mask]) -> list[Mask]:
    """What each position can reach (Warshall)."""
    reach = list(after)
    for middle in range(len(reach)):
        for start in range(len(reach)):
            if reach[start] >> middle & 1:
                reach[start] |= reach[middle]
    return reach


def _members(mask: Mask) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
