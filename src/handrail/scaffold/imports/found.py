"""What an importer found: drafts, and what is to be said of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from handrail.errors import UsageError
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.shell_line import NotPlain
from handrail.scaffold.imports.wording import cleaned
from handrail.spec.suggest import did_you_mean

MOST_TOOLS = 200
"""Tools that one import may bring; nobody reads more drafts."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """Drafts, and notes that belong to none of them: what was left out, and why."""

    drafts: tuple[Draft, ...]
    notes: tuple[str, ...] = ()


def wanted(entries: dict[str, T], only: Sequence[str], what: str) -> tuple[dict[str, T], list[str]]:
    """The entries that are asked for, or all up to a bound, and a note when that left some out.

    Raises `UsageError` for a name that is not there.
    """
    for name in only:
        if name not in entries:
            raise UsageError(f'there is no {what} "{name}"{did_you_mean(name, entries)}')
    if only:
        return {name: entries[name] for name in only}, []
    if len(entries) <= MOST_TOOLS:
        return entries, []
    note = f"Only the first {MOST_TOOLS} of {len(entries)} were read; name those that you want."
    return dict(_first(entries.items())), [note]


def _first(items: Iterable[tuple[str, T]]) -> list[tuple[str, T]]:
    return [item for _, item in zip(range(MOST_TOOLS), items, strict=False)]


def translated(
    entries: Mapping[str, Any], draft: Callable[[str, Any], Draft], notes: Sequence[str]
) -> Found:
    """Drafts of the entries that can be translated, and for each other a note that says why not."""
    drafts: list[Draft] = []
    lost: list[str] = []
    for name, said in entries.items():
        try:
            drafts.append(draft(name, said))
        except NotPlain as reason:
            lost.append(f'"{cleaned(name, 60)}" was not translated: {reason}.')
    return Found(tuple(drafts), (*notes, *lost))
