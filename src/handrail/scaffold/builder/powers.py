"""What a draft lets tools do, in the order of what a person would ask first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail.scaffold.builder.commands import commands, programs
from handrail.scaffold.builder.examined import Examined
from handrail.scaffold.builder.shown import listed, section, shown
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, ToolSpec

_SAID = {"config_version", "use", "server", "workspace", "programs", "secrets", "tool"}
"""What of a file is told, each in words of its own."""


def powers(spec: ServerSpec, examined: Examined) -> Iterator[str]:
    """Its lines. Raises `TooLong`."""
    tools, own = spec.tools, examined.own
    held, user = spec.confinement.require, spec.confinement.user
    yield f"server: {shown(spec.server.name)}"
    yield f"workspace: {shown(spec.workspace.root)}"
    yield f"commands are confined by: {held} at least{_as(user)}"
    yield f"tools: {listed(tool.name for tool in tools)}"
    yield from section("may change things", map(_change, filter(_changes, tools)))
    yield f"have the network: {listed(tool.name for tool in tools if tool.network)}"
    yield from section("run what this file says", commands(spec, own))
    yield from section("programs that this file chooses", programs(spec))
    yield from section("may use more than the workspace", _reaches(tools, own))
    yield from section("accept that risk", _risks(tools))
    yield from section("secrets", _secrets(spec))
    yield f"also has: {listed(key for key in examined.keys if key not in _SAID)}"


def _as(user: str | int | None) -> str:
    return "" if user is None else f", and run as {shown(str(user))}"


def _changes(tool: ToolSpec) -> bool:
    return tool.effect is not Effect.READ


def _change(tool: ToolSpec) -> str:
    destroys = tool.effect is Effect.DESTRUCTIVE
    asks = tool.approval == "always" or (tool.approval is None and destroys)
    return f"{tool.name}: {tool.effect}, {'asks each time' if asks else 'without asking'}"


def _reaches(tools: Iterable[ToolSpec], own: frozenset[str]) -> Iterator[str]:
    for tool in tools:
        trees = {
            "readable": tool.readable,
            "writable": tool.writable or (),
            "executable": tool.executable,
        }
        for key, paths in trees.items():
            if paths and tool.name in own:
                yield f"{tool.name}: {key} {listed(paths)}"


def _risks(tools: Iterable[ToolSpec]) -> Iterator[str]:
    for tool in tools:
        if tool.acknowledge:
            yield f"{tool.name}: {listed(tool.acknowledge)}"


def _secrets(spec: ServerSpec) -> Iterator[str]:
    for name, source in spec.secrets.items():
        where = f"the variable {source.env}" if source.file is None else shown(source.file)
        yield f"{name}: {where}"
