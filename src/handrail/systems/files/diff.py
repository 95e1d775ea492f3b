"""What differs between two texts, as a unified diff that `patch` and `git apply` take.

The work is bounded: lines that occur once on either side are paired first, and only the small
gaps between them are compared line by line. A gap that is too large is told as all replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from io import StringIO

LONGEST_DIFF = 20_000
"""Characters of a diff that are told."""
_CONTEXT = 3
_MOST_LINES = 100_000
"""Lines that differ at most, from the first to the last, on both sides, to be compared."""
_MOST_STEPS = 5_000_000
Change = tuple[int, int, int, int]
"""Lines of the text before, from and to, and those of the text after that replace them."""


@dataclass(frozen=True, slots=True)
class Diff:
    """A diff; `is_cut` when it goes on."""

    text: str
    is_cut: bool


def diff(name: str, before: str, after: str, longest: int = LONGEST_DIFF) -> Diff:
    """The unified diff of two texts of the file `name`; empty when they are the same."""
    if before == after:
        return Diff("", is_cut=False)
    parts, length = [f"--- a/{name}\n+++ b/{name}\n"], 0
    for part in _told(before, after, longest):
        if length + len(part) > longest:
            # A line that is longer than all that is told is shown by its beginning.
            parts += [] if length else [f"{part[:longest]}\n"]
            return Diff("".join(parts), is_cut=True)
        parts.append(part)
        length += len(part)
    return Diff("".join(parts), is_cut=False)


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends. Only a line feed ends one, as for git."""
    return list(StringIO(text, newline="\n"))


def _told(before: str, after: str, longest: int) -> Iterator[str]:
    """Lines of the diff, each with its end."""
    start = _line_start(before, _common(before, after))
    end = _common_end(before[start:], after[start:])
    line = before.count("\n", 0, start)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    lead, trail = _lines_before(before, start), _lines_after(before, len(before) - end)
    if old.count("\n") + new.count("\n") > _MOST_LINES:
        yield _at(line, old.count("\n"), line, new.count("\n"))
        yield from (
            f"{mark}{each}"
            for mark, text in (("-", old), ("+", new))
            for each in StringIO(text[: longest + 1], newline="\n")
        )
        return
    a, b = [lead + lines_of(text) + trail for text in (old, new)]
    for group in _hunks(list(_changes(a, b)), len(a)):
        yield from _hunk(group, a, b, line - len(lead))


def _common(a: str, b: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(a: str, b: str) -> int:
    """How many characters both end with, in whole lines."""
    length = _common(a[::-1], b[::-1])
    end = len(a) - length
    starts = all(at == 0 or text[at - 1] == "\n" for text, at in ((a, end), (b, len(b) - length)))
    if starts:
        return length
    found = a.find("\n", end)
    return 0 if found < 0 else len(a) - found - 1


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _lines_before(text: str, end: int) -> list[str]:
    """The lines of context before a place where a line begins."""
    start = end
    for _ in range(_CONTEXT):
        start = _line_start(text, max(0, start - 1))
    return lines_of(text[start:end])


def _lines_after(text: str, start: int) -> list[str]:
    end = start
    for _ in range(_CONTEXT):
        found = text.find("\n", end)
        end = len(text) if found < 0 else found + 1
    return lines_of(text[start:end])


def _changes(a: Sequence[str], b: Sequence[str]) -> Iterator[Change]:
    """What is replaced by what, in order."""
    left = _MOST_STEPS
    at, bt = 0, 0
    for i, j in [*_anchors(a, b), (len(a), len(b))]:
        gap = (at, i, bt, j)
        steps = _steps(a[at:i], b[bt:j])
        if steps <= left:
            left -= steps
            yield from _compared(a, b, gap)
        else:
            yield gap
        at, bt = i + 1, j + 1


def _steps(a: Sequence[str], b: Sequence[str]) -> int:
    """What a comparison costs at worst: all pairs of equal lines, once for each line."""
    counts = Counter(b)
    pairs = sum(counts[line] for line in a)
    return len(a) + len(b) + pairs * min(len(a), len(b))


def _compared(a: Sequence[str], b: Sequence[str], gap: Change) -> Iterator[Change]:
    at, end, bt, b_end = gap
    matcher = SequenceMatcher(None, a[at:end], b[bt:b_end], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield at + i1, at + i2, bt + j1, bt + j2


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that both have once, as many as stand in the same order: the longest such chain."""
    in_a, in_b = Counter(a), Counter(b)
    places = {line: j for j, line in enumerate(b) if in_b[line] == 1}
    pairs = [(i, places[line]) for i, line in enumerate(a) if in_a[line] == 1 and line in places]
    ends: list[int] = []  # the least last place of a chain, by the chain's length
    last: list[int] = []  # which pair that is
    before: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [number]
    chain, number_now = [], last[-1] if last else None
    while number_now is not None:
        chain.append(pairs[number_now])
        number_now = before[number_now]
    return chain[::-1]


def _hunks(changes: Sequence[Change], length: int) -> Iterator[list[Change]]:
    """Changes whose context meets belong together."""
    group: list[Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(group: Sequence[Change], a: Sequence[str], b: Sequence[str], line: int) -> Iterator[str]:
    """A hunk; `line` is how many lines come before both."""
    (first, _, b_first, _), (_, last, _, b_last) = group[0], group[-1]
    lead, trail = min(_CONTEXT, first), min(_CONTEXT, len(a) - last)
    start = first - lead
    yield _at(
        line + start, last + trail - start, line + b_first - lead, b_last + trail - b_first + lead
    )
    for i1, i2, j1, j2 in group:
        yield from (_marked(" ", each) for each in a[start:i1])
        yield from (_marked("-", each) for each in a[i1:i2])
        yield from (_marked("+", each) for each in b[j1:j2])
        start = i2
    yield from (_marked(" ", each) for each in a[last : last + trail])


def _marked(mark: str, line: str) -> str:
    end = "" if line.endswith("\n") else "\n\\ No newline at end of file\n"
    return f"{mark}{line}{end}"


def _at(start: int, count: int, b_start: int, b_count: int) -> str:
    return f"@@ -{_range(start, count)} +{_range(b_start, b_count)} @@\n"


def _range(before: int, count: int) -> str:
    """Lines as a hunk names them: of none, the line before."""
    first = before + 1 if count else before
    return f"{first}" if count == 1 else f"{first},{count}"
