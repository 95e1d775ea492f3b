"""Two changed versions of a text become one, line by line; no line of either is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from handrail.scaffold.extra import needs_wizard

_YOURS, _BEFORE, _MIDDLE, _OURS = "<<<<<<< yours", "||||||| before", "=======", ">>>>>>> handrail"

Line = tuple[str, str]
"""What a line says, and how it ends: LF, CRLF, or nothing where the text ends without either."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed the same lines; its marks begin at line `marked` of the merged text."""

    line: int
    """Where it begins in your version. Lines count from 1."""
    marked: int


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged text, with marks around what the two sides disagree on."""

    data: bytes
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between lines that are the same everywhere."""

    old: list[Line]
    yours: list[Line]
    ours: list[Line]

    def agreed(self) -> list[Line] | None:
        """What both want; None when they disagree."""
        old, yours, ours = map(_said, (self.old, self.yours, self.ours))
        if ours in (old, yours):
            return self.yours
        if yours == old:
            return self.ours
        return self._around(self.yours, self.ours) or self._around(self.ours, self.yours)

    def _around(self, added: list[Line], changed: list[Line]) -> list[Line] | None:
        """Lines that one side put right before or after those that the other changed."""
        old, said, size = _said(self.old), _said(added), len(self.old)
        if not old or not changed:
            return None
        if said[:size] == old:
            return changed + added[size:]
        return added[:-size] + changed if said[-size:] == old else None


@dataclass(slots=True)
class _Text:
    """A merged text as it grows."""

    end: str
    """How lines end that were not there before."""
    lines: list[Line] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def disagree(self, at: int, gap: _Gap) -> None:
        """Both sides, between marks; yours begins at line `at`. What both begin or end with is
        no matter of theirs."""
        yours, ours = gap.yours, gap.ours
        head = _common(_said(yours), _said(ours))
        tail = _common(_said(yours[head:])[::-1], _said(ours[head:])[::-1])
        self.lines += yours[:head]
        self.conflicts.append(Conflict(at + head, len(self.lines) + 1))
        self._mark(_YOURS, yours[head : len(yours) - tail])
        self._mark(_BEFORE, gap.old)
        self._mark(_MIDDLE, ours[head : len(ours) - tail])
        self._mark(_OURS, yours[len(yours) - tail :])

    def _mark(self, mark: str, lines: list[Line]) -> None:
        self.lines += [(mark, self.end), *lines]

    def joined(self) -> bytes:
        """Every line but the last has an end."""
        *most, last = self.lines or [("", "")]
        return "".join((*(said + (end or self.end) for said, end in most), *last)).encode()


def merge(old: bytes, yours: bytes, ours: bytes) -> Merged | None:
    """What `yours` and `ours` both made of `old`; None when one of them is no text."""
    with needs_wizard():
        import merge3

    if any(map(_is_binary, (old, yours, ours))):
        return None
    base, mine, new = _lines(old), _lines(yours), _lines(ours)
    text = _Text(_usual_end(mine))
    new = [(said, end and text.end) for said, end in new]
    at = from_mine = from_new = 0
    for region in merge3.Merge3(_said(base), _said(mine), _said(new)).find_sync_regions():
        start, end, mine_start, mine_end, new_start, new_end = region
        gap = _Gap(base[at:start], mine[from_mine:mine_start], new[from_new:new_start])
        agreed = gap.agreed()
        if agreed is None:
            text.disagree(from_mine + 1, gap)
        text.lines += [*(agreed or ()), *mine[mine_start:mine_end]]
        at, from_mine, from_new = end, mine_end, new_end
    return Merged(text.joined(), tuple(text.conflicts))


def _is_binary(data: bytes) -> bool:
    try:
        return "\0" in data.decode()
    except UnicodeDecodeError:
        return True


def _lines(data: bytes) -> list[Line]:
    *ended, last = data.decode().split("\n")
    lines = [(one[:-1], "\r\n") if one.endswith("\r") else (one, "\n") for one in ended]
    return [*lines, (last, "")] if last else lines


def _said(lines: Sequence[Line]) -> list[str]:
    return [said for said, _ in lines]


def _usual_end(lines: Sequence[Line]) -> str:
    ends = Counter(end for _, end in lines if end)
    return ends.most_common(1)[0][0] if ends else "\n"


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
