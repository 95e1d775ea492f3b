"""The tools of a server as its clients see them, and what else a server file says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handrail.errors import UsageError
from handrail.scaffold.compare.change import At, Spot
from handrail.spec.kind import kind_of

MOST_TOOLS = 10_000
DEEPEST = 100
"""Tables and lists in one another; deeper ones are no schemas that anybody wrote."""
_LARGEST = 10**300
_READS_ON = "read_output"
"""What every server of ours has beside the tools of its file."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a server file asks of those who call a tool."""

    approval: bool = False
    requires: frozenset[str] = frozenset()
    """Roles that a caller must have, all of them."""
    permitted: frozenset[str] | None = None
    """Roles of which a caller must have one; None when every caller may call it."""


@dataclass(frozen=True, slots=True)
class ListedTool:
    """One tool."""

    name: str
    description: str
    input: Mapping[str, Any]
    output: Mapping[str, Any] | None
    hints: Mapping[str, bool]
    terms: Terms | None = None
    """None where nobody says: a running server, or what one has said."""


def _nowhere(_tool: str, _at: At) -> Spot | None:
    return None


@dataclass(frozen=True, slots=True)
class Listing:
    """All tools of one side."""

    where: str
    """The file or the URL, as it was named."""
    tools: Mapping[str, ListedTool]
    declared: bool = False
    """These are the tools of a server file; what serves it adds its own."""
    spot: Callable[[str, At], Spot | None] = field(default=_nowhere)
    """Where the file says what a tool has at a place."""

    def beside(self, other: Listing) -> Mapping[str, ListedTool]:
        """The tools, without what `other` does not show of its own."""
        if not other.declared or self.declared:
            return self.tools
        return {name: tool for name, tool in self.tools.items() if name != _READS_ON}


def listing(where: str, data: Mapping[str, Any]) -> Listing:
    """A listing from the result of `tools/list`, or from what `handrail inspect --json` prints.

    Raises `UsageError` for what is neither.
    """
    inner = data.get("result")
    found = inner.get("tools") if isinstance(inner, dict) else data.get("tools")
    if not isinstance(found, list):
        raise wrong(where, 'there is no list "tools"')
    if len(found) > MOST_TOOLS:
        raise wrong(where, f"more than {MOST_TOOLS} tools")
    _check_depth(where, found)
    tools = [_tool(where, number, one) for number, one in enumerate(found)]
    by_name = {tool.name: tool for tool in tools}
    if len(by_name) < len(tools):
        twice = next(t.name for t in tools if sum(o.name == t.name for o in tools) > 1)
        raise wrong(where, f"{twice!r} is the name of two tools")
    ours = any("effect" in one for one in found)
    return Listing(where, by_name, declared=ours)


def wrong(where: str, message: str, code: str = "D105") -> UsageError:
    """What cannot be compared, and why."""
    hint = "It takes JSON as tools/list answers it, or as handrail inspect --json prints it."
    return UsageError(f"{code}: {where}: {message}", hint=hint if code == "D105" else None)


def _tool(where: str, number: int, said: object) -> ListedTool:
    place = f"tools[{number}]"
    if not isinstance(said, dict):
        raise wrong(where, f"{place} is {kind_of(said)}, not a table")
    name = said.get("name")
    if not isinstance(name, str) or not name:
        raise wrong(where, f"{place} has no name")
    hints = said.get("annotations") or {}
    output = said.get("outputSchema")
    for key, value in (("inputSchema", said.get("inputSchema")), ("annotations", hints)):
        if not isinstance(value, dict):
            raise wrong(where, f"{place}.{key} is {kind_of(value)}, not a table")
    if output is not None and not isinstance(output, dict):
        raise wrong(where, f"{place}.outputSchema is {kind_of(output)}, not a table")
    flags = {key: value for key, value in hints.items() if isinstance(value, bool)}
    return ListedTool(name, str(said.get("description") or ""), said["inputSchema"], output, flags)


def _check_depth(where: str, value: object) -> None:
    """Refuse what could not be walked, or not be written out again."""
    level: list[object] = [value]
    for _ in range(DEEPEST):
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
            elif isinstance(one, list):
                below += one
            elif isinstance(one, int) and abs(one) > _LARGEST:
                raise wrong(where, "a number is too long")
        if not below:
            return
        level = below
    raise wrong(where, f"more than {DEEPEST} tables and lists in one another")
