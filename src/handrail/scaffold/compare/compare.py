"""What changed between two listings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handrail.errors import UsageError
from handrail.scaffold.compare.change import Change
from handrail.scaffold.compare.listing import Listing
from handrail.scaffold.compare.tool import changes
from handrail.spec.document import printable


def compare(old: Listing, new: Listing) -> list[Change]:
    """All changes from `old` to `new`, tool by tool; those that are gone first.

    Raises `UsageError` for schemas that have no end.
    """
    return [_placed(one, old, new) for one in _changes(old, new)]


def _changes(old: Listing, new: Listing) -> Iterator[Change]:
    before, after = old.beside(new), new.beside(old)
    for name in before:
        if name not in after:
            yield Change("B001", name, (), "the tool is gone")
    for name, tool in after.items():
        if name not in before:
            yield Change("C001", name, (), "the tool is new")
            continue
        try:
            yield from changes(before[name], tool)
        except UsageError as endless:
            message = f"{endless.message} ({printable(name)})"
            raise UsageError(message, hint=endless.hint) from None


def _placed(change: Change, old: Listing, new: Listing) -> Change:
    """With its place in the new file; of what is gone, in the old one."""
    sides = (old, new) if change.code in _GONE else (new, old)
    spots = (side.spot(change.tool, change.at) for side in sides)
    return replace(change, spot=next(filter(None, spots), None))


_GONE = frozenset(("B001", "B002"))
