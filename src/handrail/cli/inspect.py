"""`handrail inspect`: the tools of a server file, as clients will see them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.cli import access, streams
from handrail.cli.example import command_line
from handrail.cli.options import AsJson
from handrail.cli.seen_as import CallerName, Roles, host_for, seen_as
from handrail.errors import SpecError
from handrail.examining import Opened, open_file
from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.mcp.output_schema import output_schema
from handrail.policy.access import permits
from handrail.policy.caller import Caller
from handrail.spec import free
from handrail.spec.find import find
from handrail.spec.load import read
from handrail.spec.param import ParamSpec
from handrail.spec.tool import FreeSpec, ToolSpec


def inspect(
    file: Path | None = None,
    *,
    caller: CallerName = None,
    role: Roles = (),
    apt: bool = False,
    json_: AsJson = False,
) -> int:
    """List the tools of FILE: what they do, their params and examples, what is behind them.

    Parameters
    ----------
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    caller
        Show what this caller would see: the tools that they may use, and their budget.
    role
        A role of that caller; give it again for more.
    apt
        Print the Debian packages of the programs, one on a line; nothing need be installed.
    json_
        Print names, schemas and annotations as clients get them.
    """
    if apt:
        return _say_packages(find(Path.cwd()) if file is None else file)
    opened = open_file(file)
    view = View.of(opened, seen_as(opened, caller, role))
    if json_:
        streams.say(json.dumps(_facts(opened, view), indent=2))
    else:
        streams.say("\n".join(_lines(opened, view)))
    return 0


def _say_packages(file: Path) -> int:
    reading = read(file, os.environ)
    if reading.spec is None:
        raise SpecError(reading.judge())
    for package in sorted({one.apt for one in reading.spec.programs.values() if one.apt}):
        streams.say(package)
    return 0


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: all that there is, or what one caller sees."""

    workspace: Path
    tools: tuple[ToolSpec, ...]
    callers: Mapping[str, Caller]

    @classmethod
    def of(cls, opened: Opened, who: Caller | None) -> View:
        """The view of `who`; None for all."""
        spec = opened.spec
        if who is None:
            return cls(opened.host.workspace, spec.tools, access.callers_of(spec.access))
        tools = tuple(tool for tool in spec.tools if permits(spec.access, who, tool))
        return cls(host_for(opened, who).workspace, tools, {who.name: who})


def _facts(opened: Opened, view: View) -> dict[str, Any]:
    return {
        "server": opened.spec.server.name,
        "file": str(opened.file),
        "workspace": str(view.workspace),
        "access": access.facts(opened.spec, view.callers),
        "tier": opened.means.tier.value,
        "programs": {name: str(found.path) for name, found in opened.host.programs.items()},
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "effect": tool.effect.value,
                "pack": opened.packs.get(tool.name),
                "examples": [command_line(tool, one) for one in tool.examples],
                "inputSchema": arguments_schema(tool),
                "outputSchema": output_schema(tool),
                "annotations": hints(tool),
            }
            for tool in view.tools
        ],
    }


def _lines(opened: Opened, view: View) -> Iterator[str]:
    yield f"{opened.spec.server.name}: {len(view.tools)} tools over {view.workspace}"
    for tool in view.tools:
        yield ""
        yield "  ".join(filter(None, [tool.name, f"[{tool.effect.value}]", *_behind(tool, opened)]))
        yield f"    {tool.description}"
        yield from (f"    {name:<14} {_param(param)}" for name, param in tool.accepts.items())
        if isinstance(tool, FreeSpec):
            yield f"    {free.PIPE:<14} list of string lists, optional  {free.PIPE_DESCRIPTION}"
        yield from (f"    {'example':<14} {command_line(tool, one)}" for one in tool.examples)
    yield from _access(opened, view)


def _access(opened: Opened, view: View) -> Iterator[str]:
    """Who may use what, where the file says anything of it."""
    said = opened.spec.access.model_fields_set & {"roles", "limits", "total", "local"}
    if said or any(tool.requires for tool in opened.spec.tools):
        yield ""
        yield from access.table(opened.spec, view.tools, view.callers)


def _behind(tool: ToolSpec, opened: Opened) -> Iterator[str]:
    """Its programs, and the pack that it comes from."""
    yield ", ".join(str(opened.host.programs[name].path) for name in tool.program_names)
    if tool.name in opened.packs:
        yield f'pack "{opened.packs[tool.name]}"'


def _param(param: ParamSpec) -> str:
    kind = f"{param.type.value} list" if param.repeat else param.type.value
    need = "required" if param.required else _default(param)
    return "  ".join(filter(None, [f"{kind}, {need}", param.description]))


def _default(param: ParamSpec) -> str:
    if param.default is None:
        return "optional"
    return f"default {'***' if param.sensitive else json.dumps(param.default)}"
