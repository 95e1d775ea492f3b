"""E4xx: the directory that a command runs in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from handrail.diagnostic import Finding
from handrail.spec.param import ParamType
from handrail.spec.server import ServerSpec
from handrail.spec.template import Template
from handrail.spec.tool import CommandSpec


def judge_paths(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every `cwd`: what is literal in it, and what fills it."""
    for index, tool in spec.commands:
        if tool.cwd is not None:
            yield from _cwd(("tool", index, "cwd"), tool.cwd, tool)


def _cwd(at: tuple[str, int, str], cwd: Template, tool: CommandSpec) -> Iterator[Finding]:
    path = PurePosixPath(cwd.source)
    if not cwd.source:
        yield Finding(at, "E423", "cwd is empty", 'Write "." for the workspace itself.')
    elif path.is_absolute():
        hint = "Write it relative to the workspace."
        yield Finding(at, "E421", "cwd is absolute; it is always inside the workspace", hint)
    elif ".." in path.parts:
        yield Finding(at, "E422", "cwd has `..`; it is always inside the workspace")
    for name in cwd.names:
        param = tool.params.get(name)
        if param is not None and param.type is not ParamType.PATH:
            message = f"cwd uses {{{name}}}, which is of type {param.type}, not path"
            yield Finding(at, "E424", message, f'Give params.{name} type = "path".')
