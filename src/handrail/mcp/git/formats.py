"""`parse = "git:…"` of a tool: which reader and which teller go with which command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from handrail.mcp.git import blame, changes, commits, matches, refs, status
from handrail.mcp.git.changes import Changes, Span

PREFIX = "git:"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a value, the name of the list in it, and what of the output is text.

    `spans` are the parts of the output that are a patch, one for each item of the list, or a
    file's content as one part. `tell` has the value in lines.
    """

    value: dict[str, Any]
    items: str | None
    tell: Callable[[dict[str, Any]], Iterator[str]]
    spans: list[Span] = field(default_factory=list)

    @property
    def found(self) -> list[Any]:
        """The items of the list."""
        return [] if self.items is None else self.value[self.items]

    def part(self, first: int, count: int) -> Reading:
        """The same with `count` items from `first` on."""
        if self.items is None:
            return self
        some = slice(first, first + count)
        value = {**self.value, self.items: self.found[some]}
        return replace(self, value=value, spans=self.spans[some])


def read(how: str, raw: bytes) -> Reading:
    """What git wrote, by the part of `parse` after `git:`. Raises `ValueError`."""
    try:
        match how:
            case "diff":
                return _changed({}, changes.parse(raw), _tell_diff)
            case "show":
                shown = commits.parse_show(raw)
                return _content(raw) if shown is None else _changed(*shown, commits.tell_show)
            case _:
                parse, items, tell = _LISTS[how]
                return Reading(parse(raw), items, tell)
    except (LookupError, TypeError, OverflowError) as wrong:
        raise ValueError(f"it is not what git writes: {wrong!r}") from None


def _changed(
    value: dict[str, Any], found: Changes, tell: Callable[[dict[str, Any]], Iterator[str]]
) -> Reading:
    return Reading({**value, "files": found.files}, "files", tell, found.spans)


def _content(raw: bytes) -> Reading:
    """A file or a folder of a commit."""
    binary = b"\0" in raw
    value = {"bytes": len(raw), "binary": binary}
    return Reading(value, None, _tell_content, [] if binary else [(0, len(raw))])


def _tell_content(value: dict[str, Any]) -> Iterator[str]:
    if value["binary"]:
        yield f"A binary file of {value['bytes']:,} bytes."


def _tell_diff(value: dict[str, Any]) -> Iterator[str]:
    if not value["files"]:
        yield "No differences."
    yield from changes.tell(value["files"])


_LISTS: dict[
    str,
    tuple[Callable[[bytes], dict[str, Any]], str, Callable[[dict[str, Any]], Iterator[str]]],
] = {
    "blame": (blame.parse, "lines", blame.tell),
    "branches": (refs.parse_branches, "branches", refs.tell_branches),
    "grep": (matches.parse, "matches", matches.tell),
    "log": (commits.parse_log, "commits", commits.tell_log),
    "status": (status.parse, "entries", status.tell),
    "tags": (refs.parse_tags, "tags", refs.tell_tags),
}
