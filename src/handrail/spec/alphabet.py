"""The characters by which the parts of one regular expression can be told apart.

A set of characters is an integer with a bit for each sample: two parts of a pattern can match the
same character when `a & b` is not zero. Every range contributes its ends and their neighbours, so
ranges that overlap share a sample; Latin-1 and some others stand for the classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Characters = int
"""A set of samples."""

_LATIN_1 = "".join(map(chr, range(256)))
_OTHERS = "\u0130\u0131\u017f\u0416\u0436\u0663\u2003\u2028\u212a\u4e2d\U0001f600"
_CLASSES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The samples for one pattern."""

    samples: str
    _known: dict[str, Characters] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, tree: Any) -> Alphabet:
        """Enough samples for the pattern that was parsed to `tree`."""
        found = {*_LATIN_1, *_OTHERS, *map(chr, _ends(tree))}
        cased = {one for each in found for one in (each.lower(), each.upper()) if len(one) == 1}
        return cls("".join(sorted(found | cased)))

    @property
    def all(self) -> Characters:
        """Every sample."""
        return (1 << len(self.samples)) - 1

    def matched(self, kind: str, value: Any, flags: int) -> Characters:
        """What a node of the tree that stands for one character matches."""
        name = f"{kind} {value} {flags}"
        if name not in self._known:
            self._known[name] = sum(
                1 << bit
                for bit, sample in enumerate(self.samples)
                if any(_matches(kind, value, one, flags) for one in _cases(sample, flags))
            )
        return self._known[name]


def _cases(sample: str, flags: int) -> tuple[str, ...]:
    return (sample, sample.lower(), sample.upper()) if flags & re.IGNORECASE else (sample,)


def _matches(kind: str, value: Any, sample: str, flags: int) -> bool:
    match kind:
        case "LITERAL":
            return sample == chr(value)
        case "NOT_LITERAL":
            return sample != chr(value)
        case "RANGE":
            low, high = value
            return chr(low) <= sample <= chr(high)
        case "CATEGORY":
            return re.match(_CLASSES[str(value)], sample, flags & re.ASCII) is not None
        case "IN":
            negated = str(value[0][0]) == "NEGATE"
            items = value[1:] if negated else value
            return negated != any(_matches(str(op), arg, sample, flags) for op, arg in items)
        case _:  # ANY
            return sample != "\n" or bool(flags & re.DOTALL)


def _ends(tree: Any) -> Iterator[int]:
    """Every number in the tree that may be a character, and its neighbours."""
    for part in tree:
        if isinstance(part, int) and 0 < part < 0x10FFFF:
            yield from (part - 1, part, part + 1)
        elif not isinstance(part, int | str) and hasattr(part, "__getitem__"):
            yield from _ends(part)
