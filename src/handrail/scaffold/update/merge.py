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


@dataclass(slots=True)
class _Merging:
    """The text so far. Lines that we bring end as yours do."""

    end: str
    lines: list[Line] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def gap(self, at: int, old: list[Line], yours: list[Line], ours: list[Line]) -> None:
        """What stands between lines that are the same everywhere; yours begins at line `at`."""
        before, said, wanted = _said(old), _said(yours), _said(ours)
        if wanted in (before, said):
            self.lines += yours
        elif said == before:
            self.lines += self._ended(ours)
        else:
            self._disagree(at, old, yours, ours)

    def joined(self) -> bytes:
        """Every line but the last has an end."""
        *most, last = self.lines or [("", "")]
        return "".join((*(said + (end or self.end) for said, end in most), *last)).encode()

    def _disagree(self, at: int, old: list[Line], yours: list[Line], ours: list[Line]) -> None:
        head = _common(_said(yours), _said(ours))
        tail = _common(_said(yours[head:])[::-1], _said(ours[head:])[::-1])
        self.lines += yours[:head]
        self.conflicts.append(Conflict(at + head, len(self.lines) + 1))
        self._mark(_YOURS, yours[head : len(yours) - tail])
        self._mark(_BEFORE, old)
        self._mark(_MIDDLE, ours[head : len(ours) - tail])
        self._mark(_OURS, yours[len(yours) - tail :])

    def _mark(self, mark: str, lines: list[Line]) -> None:
        self.lines += [(mark, self.end), *self._ended(lines)]

    def _ended(self, lines: list[Line]) -> list[Line]:
        return [(said, end and self.end) for said, end in lines]


def merge(old: bytes, yours: bytes, ours: bytes) -> Merged | None:
    """What `yours` and `ours` both made of `old`; None when one of them is no text."""
    with needs_wizard():
        import merge3

    if any(map(_is_binary, (old, yours, ours))):
        return None
    base, mine, new = _lines(old), _lines(yours), _lines(ours)
    merging = _Merging(_usual_end(mine))
    at = from_mine = from_new = 0
    for region in merge3.Merge3(_said(base), _said(mine), _said(new)).find_sync_regions():
        start, end, mine_start, mine_end, new_start, new_end = region
        merging.gap(
            from_mine + 1, base[at:start], mine[from_mine:mine_start], new[from_new:new_start]
        )
        merging.lines += mine[mine_start:mine_end]
        at, from_mine, from_new = end, mine_end, new_end
    return Merged(merging.joined(), tuple(merging.conflicts))


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
