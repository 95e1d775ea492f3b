"""Packs: tools declared for you, added to what a server file says itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from handrail.spec.document import parse
from handrail.spec.expansion import Entry, Expansion, Origin
from handrail.spec.overlay import lay
from handrail.spec.placed import placed, root_of
from handrail.spec.server import ServerSpec
from handrail.spec.source import open_source
from handrail.spec.tool import Effect, ToolSpec
from handrail.spec.use import READ, meant, shipped, split

_TABLES: dict[str, Any] = {"tool": [], "rule": [], "programs": {}}
"""What packs add to, as it is when the file says nothing."""


class Packed(NamedTuple):
    """A tool of a pack: what it is, how it is declared, and in which pack's file."""

    spec: ToolSpec
    declared: dict[str, Any]
    pack: str


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack, with the tools of the packs that it uses in it."""

    name: str
    spec: ServerSpec
    expansion: Expansion

    @property
    def tools(self) -> Iterator[Packed]:
        """Its tools, in its order."""
        others = self.expansion.packs()
        for tool, declared in zip(self.spec.tools, self.expansion.data["tool"], strict=True):
            yield Packed(tool, declared, others.get(tool.name, self.name))


@cache
def pack(name: str) -> Pack:
    """The pack called `name`, of those that are shipped."""
    expansion = expand(parse(open_source(shipped()[name])).data)
    return Pack(name, ServerSpec.model_validate_json(json.dumps(expansion.data)), expansion)


def tool_names() -> list[str]:
    """The names of all tools of all packs."""
    return sorted({one.spec.name for name in shipped() for one in pack(name).tools})


def packs_with(tool: str) -> list[str]:
    """What `use` may say to bring a tool of this name."""
    return [
        f"{name}:{READ}" if one.spec.effect is Effect.READ else name
        for name in shipped()
        for one in pack(name).tools
        if one.spec.name == tool and one.pack == name
    ]


def expand(written: dict[str, Any]) -> Expansion:
    """A server file with its packs' tools, programs and rules after its own.

    An unknown pack is taken for the one that was probably meant: the mistake is told anyway.
    So is a table of the wrong type, and nothing is added to it.
    """
    own = {key: written.get(key, none) for key, none in _TABLES.items()}
    wanted = list(_wanted(written.get("use")))
    if not wanted or any(not isinstance(own[key], type(none)) for key, none in _TABLES.items()):
        return Expansion(written, written)
    tools = list(lay(own["tool"], _packed(wanted, root_of(written))))
    rules = list(_rules(own["rule"], wanted, tools))
    programs = {
        name: entry
        for name, entry in _programs(wanted, tools).items()
        if name not in own["programs"]
    }
    data = {
        **written,
        "tool": [one.declared for one in tools],
        "rule": [one.declared for one in rules],
        "programs": own["programs"] | {name: one.declared for name, one in programs.items()},
    }
    origins = {"tool": [one.origin for one in tools], "rule": [one.origin for one in rules]}
    return Expansion(written, data, origins, {name: one.origin for name, one in programs.items()})


class _Wanted(NamedTuple):
    """One entry of `use`, by its number."""

    number: int
    pack: Pack
    part: str | None

    def origin(self, pack: str | None = None) -> Origin:
        return Origin(pack=pack or self.pack.name, entry=self.number)

    def tools(self) -> Iterator[Packed]:
        for one in self.pack.tools:
            if self.part is None or one.spec.effect is Effect.READ:
                yield one


def _wanted(use: object) -> Iterator[_Wanted]:
    for number, entry in enumerate(use if isinstance(use, list) else ()):
        known = meant(entry)
        if known is not None:
            name, part = split(known)
            yield _Wanted(number, pack(name), part)


def _packed(wanted: Iterable[_Wanted], root: str) -> dict[str, Entry]:
    """The packs' tools by name, for the workspace at `root`; of two with one name, the first."""
    found: dict[str, Entry] = {}
    for each in wanted:
        for one in each.tools():
            declared = placed(one.declared, root)
            found.setdefault(one.spec.name, Entry(declared, each.origin(one.pack)))
    return found


def _rules(
    mine: Sequence[Any], wanted: Iterable[_Wanted], tools: Iterable[Entry]
) -> Iterator[Entry]:
    """The author's, then those of the packs that are about a tool of theirs which is there."""
    yield from (Entry(rule, Origin(number)) for number, rule in enumerate(mine))
    names = {tool.declared["name"] for tool in tools if tool.origin.pack is not None}
    seen: list[Any] = []
    for each in wanted:
        rules = zip(each.pack.spec.rules, each.pack.expansion.data.get("rule", ()), strict=True)
        for rule, declared in rules:
            if declared not in seen and any(map(rule.is_about, names)):
                seen.append(declared)
                yield Entry(declared, each.origin())


def _programs(wanted: Iterable[_Wanted], tools: Iterable[Entry]) -> dict[str, Entry]:
    """The packs' programs, as far as a tool that is a pack's still runs them."""
    named = {name for tool in tools if tool.origin.pack for name in _run_by(tool.declared)}
    found: dict[str, Entry] = {}
    for each in wanted:
        for name, declared in each.pack.expansion.data.get("programs", {}).items():
            if name in named:
                found.setdefault(name, Entry(declared, each.origin()))
    return found


def _run_by(tool: dict[str, Any]) -> list[str]:
    return [tool["program"]] if "program" in tool else tool.get("programs", [])
