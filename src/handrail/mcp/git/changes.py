"""Which files differ: `--raw --numstat -z`, and the patch after them (git-diff(1), git-log(1))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from handrail.mcp.git.fields import Fields, place, text

Span = tuple[int, int]
"""Where a file's part of the patch begins and ends in the output."""

_STATES = {
    "A": "added",
    "C": "copied",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "T": "type changed",
    "U": "conflict",
}
_SECTIONS = {"conflict": 0, "type changed": 2}
_CONFLICT = {"status": "conflict"}
_COUNTS = re.compile(rb"(-|[0-9]+)\t(-|[0-9]+)\t(.*)", re.DOTALL)
# What a file holds begins with a space, a sign or a backslash: neither of these can be of it.
_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)
_HUNK = re.compile(
    rb"^@@ -([0-9]+)(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@ ?([^\n]*)$", re.MULTILINE
)
_LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed files, and where the patch of each is; no spans without a patch."""

    files: list[dict[str, Any]]
    spans: list[Span]


def parse(raw: bytes) -> Changes:
    """What `git diff` wrote."""
    return changes(Fields(raw), raw)


def changes(fields: Fields, raw: bytes) -> Changes:
    """The changes that are left in `fields`, which are those of `raw`."""
    files = dict(_raw(fields))
    for path, counts in numstat(fields):
        if files.get(path, _CONFLICT)["status"] != "conflict":
            files[path].update(counts)
    found = list(files.values())
    if not fields.more:
        return Changes(found, [])
    fields.take()  # an empty one is between the lists and the patch
    spans = list(_spans(raw, fields.at, found))
    return Changes([_with_hunks(*one, raw) for one in zip(found, spans, strict=True)], spans)


def _raw(fields: Fields) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each path that `--raw` names, with what became of it.

    Of a path in conflict git compares three versions, with a colon for each of two: `::100644 …`.
    """
    while fields.starts(b":"):
        columns = fields.take()
        state = "U" if columns.startswith(b"::") else text(columns.rsplit(b" ", 1)[-1])[0]
        old = fields.take() if state in "RC" else None
        came = {} if old is None else place(old, "from")
        path = fields.take()
        yield path, {**came, **place(path), "status": _STATES.get(state, state)}


def numstat(fields: Fields) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Each path that `--numstat` names, with how many lines were added and deleted."""
    while (found := _counts(fields)) is not None:
        added, deleted, path = found
        came = {}
        if not path:
            came, path = place(fields.take(), "from"), fields.take()
        counts = {"binary": True} if added == b"-" else _numbers(added, deleted)
        yield path, {**came, **place(path), **counts}


def _counts(fields: Fields) -> tuple[bytes, bytes, bytes] | None:
    if not fields.starts(b"-\t", b"\n", *(b"%d" % digit for digit in range(10))):
        return None
    before = fields.at
    found = _COUNTS.fullmatch(fields.take().removeprefix(b"\n"))
    if found is None:
        fields.at = before
        return None
    return found[1], found[2], found[3]


def _numbers(added: bytes, deleted: bytes) -> dict[str, Any]:
    return {"added": int(added), "deleted": int(deleted)}


def _spans(raw: bytes, start: int, files: Sequence[dict[str, Any]]) -> Iterator[Span]:
    """Each file's part of the patch, in the order of the files.

    A file in conflict has none; one that became a link has two, as if it were deleted and added.
    """
    later = (found.start() for found in _SECTION.finditer(raw, start))
    ends = iter([start, *later, len(raw)])
    here = next(ends)
    for one in files:
        there = here
        for _ in range(_SECTIONS.get(one["status"], 1)):
            there = next(ends, len(raw))
        yield here, there
        here = there


def _with_hunks(one: dict[str, Any], span: Span, raw: bytes) -> dict[str, Any]:
    hunks = [_hunk(found) for found in _HUNK.finditer(raw, *span)]
    return {**one, "hunks": hunks} if hunks else one


def _hunk(found: re.Match[bytes]) -> dict[str, Any]:
    """Where lines changed: `old` and `new` are a first line and how many lines there are."""
    old, new = [int(found[1]), int(found[2] or 1)], [int(found[3]), int(found[4] or 1)]
    heading = text(found[5], _LONGEST_HEADING)
    return {"old": old, "new": new, **({"heading": heading} if heading else {})}


def tell(files: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line for each file."""
    for one in files:
        came = f" <- {one['from']}" if "from" in one else ""
        yield " ".join(filter(None, [one.get("status"), _tell_counts(one), f"{one['path']}{came}"]))


def _tell_counts(one: dict[str, Any]) -> str:
    if one.get("binary"):
        return "binary"
    return f"+{one['added']} -{one['deleted']}" if "added" in one else ""
