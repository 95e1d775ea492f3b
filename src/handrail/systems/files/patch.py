"""Unified diffs, as `diff -u` and git write them, are applied to a text: exactly, or not at all.

A hunk belongs where its header says, or at the one other place that has exactly its lines. There
is no fuzz: no line of context is ever passed over. Source: the formats of diff(1) and
git-diff(1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handrail.systems.files.hunk import Hunk, parse
from handrail.systems.files.near import nearest, quoted
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused

MARK = "\ufeff"
"""A byte order mark: no part of the first line."""
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a hunk is: in characters, with its number of lines before; and what it becomes."""

    start: int
    end: int
    line: int
    new: str


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A hunk that fits nowhere, where it was expected, and which places it fits instead."""

    hunk: Hunk
    begin: int
    line: int
    places: Sequence[_Place] = ()

    def why(self, text: str) -> str:
        """What is wrong, or what differs."""
        if not self.hunk.old:
            return "it has no line of context, which would say where it belongs"
        if self.places:
            return _several(self.places)
        return _why(text, self.hunk, self.begin, self.line)


def apply(text: str, patch: str) -> tuple[str, int]:
    """`text` as `patch` changes it, and how many hunks that took. Raises `Refused`."""
    hunks = parse(patch)
    places: list[_Place] = []
    misfits: list[_Misfit] = []
    moved = 0
    for hunk in hunks:
        found = _find(text, hunk, places[-1].end if places else 0, hunk.line + moved)
        if isinstance(found, _Misfit):
            misfits.append(found)
        else:
            places.append(found)
            moved = found.line - hunk.line
    if misfits:
        raise _refused(text, misfits, len(hunks))
    return _changed(text, places), len(hunks)


def _changed(text: str, places: Sequence[_Place]) -> str:
    parts, at = [], 0
    for place in places:
        parts += [text[at : place.start], place.new]
        at = place.end
    return "".join([*parts, text[at:]])


def _find(text: str, hunk: Hunk, begin: int, line: int) -> _Place | _Misfit:
    """Where a hunk is that is expected behind `line` lines; not before `begin`."""
    if not hunk.old:
        if text in ("", MARK):
            return _Place(len(text), len(text), 0, hunk.new)
        return _Misfit(hunk, begin, line)
    places: list[_Place] = []
    for old, new in _forms(hunk, text):
        for place in _places(text, old, new, begin):
            if place.line == line:
                return place
            if len(places) <= _MOST_SHOWN:
                places.append(place)
    if len(places) == 1:
        return places[0]
    return _Misfit(hunk, begin, line, places)


def _forms(hunk: Hunk, text: str) -> Iterator[tuple[str, str]]:
    """As it is; and with lines that end as those of a file with CRLF, if it has none such."""
    yield hunk.old, hunk.new
    if "\r" not in hunk.old + hunk.new and "\r\n" in text:
        yield hunk.old.replace("\n", "\r\n"), hunk.new.replace("\n", "\r\n")


def _places(text: str, old: str, new: str, begin: int) -> Iterator[_Place]:
    """Where whole lines are as wanted."""
    counted, line = 0, 0
    at = text.find(old, begin)
    while at >= 0:
        line += text.count("\n", counted, at)
        counted, end = at, at + len(old)
        begins = at == 0 or text[at - 1] == "\n" or (at == 1 and text[0] == MARK)
        if begins and (old.endswith("\n") or end == len(text)):
            yield _Place(at, end, line, new)
        at = text.find(old, at + 1)


def _several(places: Sequence[_Place]) -> str:
    lines = ", ".join(str(place.line + 1) for place in places[:_MOST_SHOWN])
    more = " and more" if len(places) > _MOST_SHOWN else ""
    return f"its lines are not there but at several other places (lines {lines}{more})"


def _why(text: str, hunk: Hunk, begin: int, line: int) -> str:
    """The first line that differs, where the hunk is expected."""
    passed = text.count("\n", 0, begin)
    if _is_there(text, hunk):
        return f"its lines come before those of an earlier hunk, which end at line {passed}"
    file = text.removeprefix(MARK).split("\n")
    wanted = hunk.old.split("\n")
    wanted, ends = (wanted[:-1], True) if wanted[-1] == "" else (wanted, False)
    for number, expected in enumerate(wanted, line):
        last = number >= len(file) - 1
        if number >= len(file) or (last and file[number] == "" and expected != ""):
            return f"line {number + 1} should be {quoted(expected)}, and the file ends before it"
        if file[number].removesuffix("\r") != expected.removesuffix("\r"):
            found = quoted(file[number].removesuffix("\r"))
            return f"line {number + 1} should be {quoted(expected)}, and is {found}" + _also(
                text, hunk
            )
        if expected != file[number] and "\r" in hunk.old + hunk.new:
            return f"line {number + 1} ends in {_end(file[number])}, and not in {_end(expected)}"
    if ends:
        return f"line {line + len(wanted)} is the last one, without a newline at its end"
    return f"line {line + len(wanted)} is not the end of the file without a newline"


def _is_there(text: str, hunk: Hunk) -> bool:
    return any(True for old, new in _forms(hunk, text) for _ in _places(text, old, new, 0))


def _end(line: str) -> str:
    return "CRLF" if line.endswith("\r") else "LF"


def _also(text: str, hunk: Hunk) -> str:
    near = nearest(text, hunk.old)
    return "" if near is None else f" (the nearest place: {near.told})"


def _refused(text: str, misfits: Sequence[_Misfit], count: int) -> Refused:
    told = "; ".join(
        f"hunk {one.hunk.number} of {count}, expected at line {one.hunk.line + 1}: {one.why(text)}"
        for one in misfits[:_MOST_SHOWN]
    )
    good = count - len(misfits)
    more = (
        f"; {len(misfits) - _MOST_SHOWN} more do not either" if len(misfits) > _MOST_SHOWN else ""
    )
    others = "" if count == 1 else f" Of {count} hunks, {good} would apply."
    why = f"`patch` does not apply: {told}{more}.{others} Nothing is changed"
    hint = "Read the file with read_file, and copy the lines from there; or give old and new."
    return Refused(ARGUMENT_INVALID, why, field="patch", hint=hint)
