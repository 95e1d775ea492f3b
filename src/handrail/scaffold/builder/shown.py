"""Words of an agent as a person sees them: whole, on one line, and never like words of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail.mcp.visible import HEAD, TAIL, visible


class TooLong(Exception):
    """There is more than a person would read."""


def shown(text: str) -> str:
    """The whole text. Raises `TooLong`."""
    if len(text) > HEAD + TAIL:
        raise TooLong
    return visible(text)


def listed(texts: Iterable[str]) -> str:
    """Texts on one line, or `none`. Raises `TooLong`."""
    return ", ".join(map(shown, texts)) or "none"


def section(title: str, entries: Iterable[str]) -> Iterator[str]:
    """A heading over its entries, or with `none` beside it."""
    found = list(entries)
    yield title + (":" if found else ": none")
    yield from (f"    {entry}" for entry in found)
