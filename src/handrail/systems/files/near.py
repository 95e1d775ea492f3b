"""Where in a text there is nearly what was not found: for whoever has to correct the call."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_MOST_CHARACTERS = 2_000_000
"""Of a text that is searched; in larger ones nothing is near."""
_MOST_WANTED = 500
"""Lines that are compared."""
_MOST_SAME = 1_000
"""Places of one line that count."""
_MOST_COMPARED = 20_000
_LONGEST_COMPARED = 200
_LEAST_ALIKE = 0.6
_LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Near:
    """The first line of the place, and what is known of it, as a sentence without an end."""

    line: int
    told: str


def nearest(text: str, wanted: str) -> Near | None:
    """The place that is most like `wanted`; None when nothing is, or the text is too large."""
    if len(text) > _MOST_CHARACTERS or not wanted.strip():
        return None
    lines, asked = text.split("\n"), wanted.removesuffix("\n").split("\n")[:_MOST_WANTED]
    return _but_for_space(lines, asked) or _alike(lines, asked)


def quoted(line: str) -> str:
    """A line as a message shows it: tabs and spaces can be told apart, and it is short."""
    shown = json.dumps(line[:_LONGEST_SHOWN], ensure_ascii=False)
    return f"{shown}…" if len(line) > _LONGEST_SHOWN else shown


def _but_for_space(lines: Sequence[str], asked: Sequence[str]) -> Near | None:
    """Where only white space differs."""
    packed, wanted = ["\n".join("".join(line.split()) for line in each) for each in (lines, asked)]
    at = packed.find(wanted)
    if at < 0:
        return None
    first = packed.count("\n", 0, at)
    difference = _difference(lines, asked, first)
    return Near(first + 1, f"{_range(first, len(asked))} differ only in white space{difference}")


def _alike(lines: Sequence[str], asked: Sequence[str]) -> Near | None:
    first = _by_same_lines(lines, asked)
    first = _by_likest_line(lines, asked) if first is None else first
    if first is None:
        return None
    return Near(
        first + 1, f"{_range(first, len(asked))} are nearest{_difference(lines, asked, first)}"
    )


def _by_same_lines(lines: Sequence[str], asked: Sequence[str]) -> int | None:
    """Where most of the lines that are asked for stand; none of them may be blank."""
    places: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        places[line.strip()].append(number)
    votes: Counter[int] = Counter()
    for number, line in enumerate(asked):
        if line.strip():
            votes.update(max(0, at - number) for at in places.get(line.strip(), [])[:_MOST_SAME])
    return max(votes, key=lambda first: (votes[first], -first)) if votes else None


def _by_likest_line(lines: Sequence[str], asked: Sequence[str]) -> int | None:
    """Where the longest line that is asked for has its likest."""
    number = max(range(len(asked)), key=lambda each: len(asked[each].strip()))
    matcher = SequenceMatcher(b=asked[number].strip()[:_LONGEST_COMPARED], autojunk=False)
    best, found = _LEAST_ALIKE, None
    for at, line in enumerate(lines[:_MOST_COMPARED]):
        matcher.set_seq1(line.strip()[:_LONGEST_COMPARED])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            best, found = (ratio, at) if ratio > best else (best, found)
    return None if found is None else max(0, found - number)


def _difference(lines: Sequence[str], asked: Sequence[str], first: int) -> str:
    """The first line that is not as asked for."""
    for number, line in enumerate(asked, first):
        found = lines[number].removesuffix("\r") if number < len(lines) else ""
        if line.strip() not in found or (line not in found):
            return f": line {number + 1} is {quoted(found)}, and {quoted(line)} was asked for"
    return ""


def _range(first: int, count: int) -> str:
    return f"lines {first + 1} to {first + count}" if count > 1 else f"those in line {first + 1}"
