"""The door to the importers: where from, what of it, and nothing that check would refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from handrail.errors import UsageError
from handrail.lint.names import RESERVED
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports import (
    genmcp,
    help_program,
    makefile,
    mcpshell,
    openapi,
    package_json,
)
from handrail.scaffold.imports.found import Found
from handrail.scaffold.imports.vetting import vetted
from handrail.scaffold.imports.wording import distinct

SOURCES: Mapping[str, Callable[[str, Sequence[str]], Found]] = {
    "help": help_program.drafts,
    "make": makefile.drafts,
    "mcpshell": mcpshell.drafts,
    "genmcp": genmcp.drafts,
    "npm": package_json.drafts,
    "openapi": openapi.drafts,
}
"""The importers, by the end of their option: `--from-make`."""


def imported(source: str, where: str, only: Sequence[str]) -> tuple[Draft, ...]:
    """Drafts from `where`, as `source` (a key of `SOURCES`) reads it; all of them, or `only` some.

    `where` is a program for "help", and a file for all others; an empty one is the usual file of
    the current folder. Nothing of it is run but a program's own help. Notes that belong to no
    draft are the first one's. Raises `SpecError` for a file that is wrong, and `UsageError` when
    it has nothing that could become a tool.
    """
    found = SOURCES[source](where, only)
    drafts, dropped = vetted(_distinct(found.drafts))
    notes = (*found.notes, *dropped)
    if not drafts:
        raise UsageError(f"nothing in {where or source} can become a tool", hint=" ".join(notes))
    first = replace(drafts[0], notes=(*notes, *drafts[0].notes))
    return (first, *drafts[1:])


def _distinct(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, no two of one name."""
    taken = set(RESERVED)
    return [_renamed(draft, distinct(draft.name, taken)) for draft in drafts]


def _renamed(draft: Draft, name: str) -> Draft:
    if name == draft.name:
        return draft
    note = f'It is called "{name}", as "{draft.name}" is taken.'
    return replace(draft, tool={**draft.tool, "name": name}, notes=(*draft.notes, note))
