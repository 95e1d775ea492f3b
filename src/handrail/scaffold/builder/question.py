"""What a person is asked before the file is written: all that they agree to, told by us.

An agent has chosen most of the words. None of them can look like a line of ours, and none is cut:
what is too long to be shown is not asked about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handrail.diagnostic import Diagnostic
from handrail.mcp.visible import HEAD, TAIL, visible
from handrail.scaffold.builder.proposal import Proposal
from handrail.spec.args import Arg
from handrail.spec.server import ProgramSpec, ServerSpec
from handrail.spec.template import Template
from handrail.spec.tool import CommandSpec, Effect, FreeSpec, SecretRef, ToolSpec

_LONGEST = 16_384
"""Characters of a question: some screens."""
_SAID = {"config_version", "use", "server", "workspace", "programs", "secrets", "tools"}
"""What of a file is told, each in words of its own."""


class TooLong(Exception):
    """There is more than a person would read."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether exactly this file may be written."""

    text: str
    digest: str
    """What the answer is bound to: the file, and what was said of it."""

    @classmethod
    def about(cls, proposal: Proposal) -> Question:
        """The question. Raises `TooLong`."""
        text = "\n".join(_lines(proposal))
        if len(text) > _LONGEST:
            raise TooLong
        whole = f"{text}\0{proposal.text}"
        return cls(text, hashlib.sha256(whole.encode()).hexdigest())


def _lines(proposal: Proposal) -> Iterator[str]:
    spec = proposal.examined.spec
    yield "May this server file be written, exactly so?"
    yield ""
    yield f"    {_shown(str(proposal.file))}"
    yield ""
    if spec is not None:
        yield from _of_spec(spec, proposal.examined.own)
    yield f"hosts that were named: {_list(proposal.hosts)}"
    yield from _section("findings", map(_finding, proposal.examined.findings))
    yield f"SHA-256 of the file: {hashlib.sha256(proposal.text.encode()).hexdigest()}"


def _of_spec(spec: ServerSpec, own: frozenset[str]) -> Iterator[str]:
    tools = spec.tools
    yield f"server: {_shown(spec.server.name)}"
    yield f"workspace: {_shown(spec.workspace.root)}"
    held, user = spec.confinement.require, spec.confinement.user
    yield f"commands are confined by: {held} at least{_as(user)}"
    yield f"tools: {_list(tool.name for tool in tools)}"
    yield from _section("may change things", map(_change, filter(_changes, tools)))
    yield f"have the network: {_list(tool.name for tool in tools if tool.network)}"
    yield from _section("run what this file says", _commands(spec, own))
    yield from _section("may use more than the workspace", _reaches(tools, own))
    yield f"secrets: {_list(spec.secrets)}"
    yield f"also has: {_list(sorted(spec.model_fields_set - _SAID))}"


def _as(user: str | int | None) -> str:
    return "" if user is None else f", and run as {_shown(str(user))}"


def _commands(spec: ServerSpec, own: frozenset[str]) -> Iterator[str]:
    for tool in spec.tools:
        if tool.name in own and tool.program_names:
            words = map(_shown, [*_program(tool, spec), *_words(tool)])
            yield f"{tool.name}: {' '.join([*_env(tool), *words])}{_stdin(tool)}"


def _program(tool: ToolSpec, spec: ServerSpec) -> Iterator[str]:
    """What it runs, by its path where the file gives one."""
    for name in tool.program_names:
        found = spec.programs.get(name, ProgramSpec())
        yield found.path or name


def _templates(args: Iterable[Arg]) -> Iterator[str]:
    """Every argument that it may have, with `{name}` where callers say what is there."""
    for arg in args:
        if isinstance(arg, Template):
            yield arg.source
        else:
            yield from _templates(arg.args)


def _words(tool: ToolSpec) -> list[str]:
    match tool:
        case CommandSpec():
            return list(_templates(tool.args))
        case FreeSpec():
            return ["…"]
        case _:
            return []


def _stdin(tool: ToolSpec) -> str:
    fed = tool.stdin if isinstance(tool, CommandSpec) else None
    return "" if fed is None else f", reading {_shown(fed.source)}"


def _env(tool: ToolSpec) -> Iterator[str]:
    for name, value in tool.env.items():
        text = "(a secret)" if isinstance(value, SecretRef) else _shown(value)
        yield f"{name}={text}"


def _reaches(tools: Iterable[ToolSpec], own: frozenset[str]) -> Iterator[str]:
    for tool in tools:
        trees = {
            "readable": tool.readable,
            "writable": tool.writable or (),
            "executable": tool.executable,
        }
        for key, paths in trees.items():
            if paths and tool.name in own:
                yield f"{tool.name}: {key} {_list(paths)}"


def _changes(tool: ToolSpec) -> bool:
    return tool.effect is not Effect.READ


def _change(tool: ToolSpec) -> str:
    asks = tool.approval == "always" or (
        tool.approval is None and tool.effect is Effect.DESTRUCTIVE
    )
    return f"{tool.name}: {tool.effect}, {'asks each time' if asks else 'without asking'}"


def _finding(one: Diagnostic) -> str:
    place = f"{one.file}:{one.place.line}:{one.place.column} {one.severity}[{one.code}]"
    silenced = f" (silenced by the file: {visible(one.silenced)})" if one.silenced else ""
    return f"{place} {visible(one.message)}{silenced}"


def _section(title: str, entries: Iterable[str]) -> Iterator[str]:
    """A heading over its entries, or with `none` beside it."""
    found = list(entries)
    yield title + (":" if found else ": none")
    yield from (f"    {entry}" for entry in found)


def _list(texts: Iterable[str]) -> str:
    return ", ".join(map(_shown, texts)) or "none"


def _shown(text: str) -> str:
    """The whole text. Raises `TooLong`."""
    if len(text) > HEAD + TAIL:
        raise TooLong
    return visible(text)
