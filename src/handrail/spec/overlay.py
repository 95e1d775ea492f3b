"""A tool of the author's with the name of a pack's: what comes of the two."""

from __future__ import annotations

from typing import Any

from handrail.spec.reserved import OTHER_KINDS

_KINDS = frozenset({"program", "programs", "files", *OTHER_KINDS})


def is_whole(tool: dict[str, Any]) -> bool:
    """Whether it says what it runs: then it needs nothing of a pack's."""
    return not _KINDS.isdisjoint(tool)


def overlay(own: dict[str, Any], packed: dict[str, Any]) -> dict[str, Any]:
    """The pack's tool with the author's keys in place of its own, and `params` by name."""
    laid = {**packed, **own}
    if isinstance(own.get("params"), dict):
        laid["params"] = _params(own["params"], packed.get("params", {}))
    return laid


def _params(own: dict[str, Any], packed: dict[str, Any]) -> dict[str, Any]:
    """A param that says its type is another one, and keeps nothing of the pack's."""
    laid = {**packed, **own}
    for name in own.keys() & packed.keys():
        if isinstance(own[name], dict) and "type" not in own[name]:
            laid[name] = {**packed[name], **own[name]}
    return laid
