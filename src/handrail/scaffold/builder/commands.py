"""What the tools of a draft run, as its author wrote it: `{name}` is what callers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail.scaffold.builder.shown import shown
from handrail.spec.args import Arg
from handrail.spec.server import ServerSpec
from handrail.spec.template import Template
from handrail.spec.tool import CommandSpec, SecretRef, ToolSpec


def commands(spec: ServerSpec, own: frozenset[str]) -> Iterator[str]:
    """A line for each of the file's own tools that runs a program. Raises `TooLong`."""
    for tool in spec.tools:
        if tool.name in own and tool.program_names:
            words = " ".join([*_env(tool), *map(shown, _words(tool))])
            yield f"{tool.name}: {words}{_input(tool)}"


def programs(spec: ServerSpec) -> Iterator[str]:
    """Programs that are not those of their names, or are judged like others."""
    for name, program in spec.programs.items():
        if program.path is not None:
            yield f"{name}: {shown(program.path)}"
        if program.profile is not None:
            yield f"{name}: judged by the profile {shown(program.profile)}"


def _words(tool: ToolSpec) -> list[str]:
    if isinstance(tool, CommandSpec):
        return [tool.program, *_templates(tool.args)]
    return [", ".join(tool.program_names), "{argv}"]


def _templates(args: Iterable[Arg]) -> Iterator[str]:
    """Every argument that it may have."""
    for arg in args:
        if isinstance(arg, Template):
            yield arg.source
        else:
            yield from _templates(arg.args)


def _env(tool: ToolSpec) -> Iterator[str]:
    for name, value in tool.env.items():
        text = "(a secret)" if isinstance(value, SecretRef) else shown(value)
        yield f"{name}={text}"


def _input(tool: ToolSpec) -> str:
    fed = tool.stdin if isinstance(tool, CommandSpec) else None
    return "" if fed is None else f", reading {shown(fed.source)}"
