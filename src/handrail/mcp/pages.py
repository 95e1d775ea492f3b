"""Long lists in parts: what of a list one answer shows, and the call that shows what follows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handrail.lint.uses import How, uses
from handrail.spec.tool import CommandSpec, ToolSpec


@dataclass(frozen=True, slots=True)
class Page:
    """`count` items from `first` on. `next` are the arguments of the call that goes on.

    `left_out` is how many items come after these, as far as they were read.
    """

    first: int
    count: int
    left_out: int
    next: dict[str, object] | None


def page(
    tool: ToolSpec, arguments: Mapping[str, object], items: Sequence[Any], most_bytes: int
) -> Page:
    """What of `items` to show: as many as `limit` says, but no more than fit into `most_bytes`.

    A tool whose arguments hold the param to skip by leaves the skipping to its program.
    """
    pages = tool.pages if isinstance(tool, CommandSpec) else None
    if pages is None:
        return _cut(items, 0, len(items), most_bytes)
    limit = _number(tool, arguments, pages.limit, len(items))
    past = _number(tool, arguments, pages.place, pages.first)
    first = 0 if _is_given_on(tool, pages.place) else past - pages.first
    shown = _cut(items, first, limit, most_bytes)
    more = shown.left_out or (_is_given_on(tool, pages.place) and shown.count == limit)
    if not more:
        return shown
    given = {name: value for name, value in arguments.items() if value is not None}
    following = {**given, pages.place: past + shown.count}
    return Page(shown.first, shown.count, shown.left_out, following)


def _cut(items: Sequence[Any], first: int, limit: int, most_bytes: int) -> Page:
    """At least one item, when there is one: a call that shows none would be called for ever."""
    count, size = 0, 0
    for item in items[first : first + limit]:
        size += len(json.dumps(item, ensure_ascii=False).encode("utf-8", "replace"))
        if count and size > most_bytes:
            break
        count += 1
    return Page(first, count, max(0, len(items) - first - count), None)


def _number(tool: ToolSpec, arguments: Mapping[str, object], name: str, otherwise: int) -> int:
    given = arguments.get(name)
    value = tool.accepts[name].default if given is None else given
    return int(value) if isinstance(value, int | float) else otherwise


def _is_given_on(tool: ToolSpec, name: str) -> bool:
    """Whether the program gets this param."""
    if not isinstance(tool, CommandSpec):
        return False
    return any(use.name == name and use.how is not How.PAGES for use in uses(0, tool))
