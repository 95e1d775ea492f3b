"""Example commands as drafts of tools, and what such tools would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from handrail.lint.names import RESERVED
from handrail.scaffold.draft import Draft
from handrail.scaffold.imports.wording import distinct
from handrail.spec.packs import pack
from handrail.spec.tool import Effect, FilesSpec
from handrail.spec.use import split

CHANGES = ("nothing", "files", "anything")
"""What tools may change, the least first."""
_BY_EFFECT = {Effect.READ: 0, Effect.WRITE: 1, Effect.DESTRUCTIVE: 2}


@lru_cache(maxsize=256)
def draft_of(command: str) -> Draft:
    """The tool that a command becomes. Raises `UsageError` for what can be none."""
    # It knows every program's profile, which takes a while to load.
    from handrail.scaffold.drafting import drafted

    return drafted(command)


def drafts_of(commands: Iterable[str], taken: Iterable[str]) -> list[Draft]:
    """The tools that commands become, no two of one name, none of a name that is taken.

    Raises `UsageError`.
    """
    names = {*RESERVED, *taken}
    drafts = []
    for draft in map(draft_of, commands):
        name = distinct(draft.name, names)
        drafts.append(replace(draft, tool={**draft.tool, "name": name}))
    return drafts


def tools_of(use: Iterable[str]) -> list[str]:
    """The names of the tools that entries of `use` may bring."""
    return [one.spec.name for entry in use for one in pack(split(entry)[0]).tools]


def changed_by_tool(tool: Any) -> str:
    """What a `[[tool]]` may change, by its effect."""
    effect = tool.get("effect", "read") if isinstance(tool, dict) else "read"
    return CHANGES[_BY_EFFECT[Effect(effect)] if effect in list(Effect) else 0]


def changed_by_use(entry: str) -> str:
    """What the tools of an entry of `use` may change: files alone, or more."""
    name, part = split(entry)
    if part is not None:
        return "nothing"
    writing = [one.spec for one in pack(name).tools if one.spec.effect is not Effect.READ]
    if not writing:
        return "nothing"
    return "files" if all(isinstance(one, FilesSpec) for one in writing) else "anything"


def is_within(change: str, allowed: str) -> bool:
    """Whether a change is no more than what is allowed."""
    return CHANGES.index(change) <= CHANGES.index(allowed)


def most(changes: Iterable[str]) -> str:
    """The most of several changes."""
    return max(changes, key=CHANGES.index, default=CHANGES[0])


def lifted(entry: str, allowed: str) -> str:
    """An entry of `use` with all the tools that may be had where so much may change."""
    name, _ = split(entry)
    return name if is_within(changed_by_use(name), allowed) else f"{name}:read"
