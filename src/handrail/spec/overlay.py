"""The author's tools with those of packs: what comes of two that have one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from handrail.spec.expansion import Entry, Origin
from handrail.spec.reserved import OTHER_KINDS

_KINDS = frozenset({"program", "programs", "files", *OTHER_KINDS})
"""Keys that say what a tool runs: with one of them, it needs nothing of a pack's."""


def lay(mine: Sequence[Any], packed: Mapping[str, Entry]) -> Iterator[Entry]:
    """The author's tools, then the packs', which are there by name.

    An author's that overrides a pack's stands in its place.
    """
    over: dict[str, list[Entry]] = {name: [] for name in packed}
    for number, tool in enumerate(mine):
        name = tool.get("name") if isinstance(tool, dict) else None
        if isinstance(name, str) and name in packed:
            over[name].append(_over(number, tool, packed[name]))
        else:
            yield Entry(tool, Origin(number))
    for name, entry in packed.items():
        yield from over[name] or [entry]


def _over(number: int, tool: dict[str, Any], packed: Entry) -> Entry:
    if not _KINDS.isdisjoint(tool):
        return Entry(tool, Origin(number))
    laid = {**packed.declared, **tool}
    if isinstance(tool.get("params"), dict):
        laid["params"] = _params(tool["params"], packed.declared.get("params", {}))
    return Entry(laid, replace(packed.origin, own=number))


def _params(own: dict[str, Any], packed: dict[str, Any]) -> dict[str, Any]:
    """By name. A param that says its type is another one, and keeps nothing of the pack's."""
    laid = {**packed, **own}
    for name in own.keys() & packed.keys():
        if isinstance(own[name], dict) and "type" not in own[name]:
            laid[name] = {**packed[name], **own[name]}
    return laid
