"""E101, E114: keys that have no meaning for the kind of a tool."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, FilesSpec, effect_of

_FOR_PROGRAMS = (
    "env",
    "network",
    "pids",
    "ok_exit",
    "exit_messages",
    "parse",
    "pages",
    "progress",
    "readable",
    "executable",
    "acknowledge",
)
"""Keys that say something about a program."""
_EFFECTS = list(Effect)


def judge_kinds(spec: ServerSpec) -> Iterator[Finding]:
    """Judge the keys of tools that run no program."""
    for index, tool in enumerate(spec.tools):
        if isinstance(tool, FilesSpec):
            yield from _files(index, tool)


def _files(index: int, tool: FilesSpec) -> Iterator[Finding]:
    for key in _FOR_PROGRAMS:
        if key in tool.model_fields_set:
            message = f'"{key}" has no meaning in tool "{tool.name}", which runs no program'
            yield Finding(("tool", index, key), "E101", message, "Leave it out.", on_key=True)
    least = effect_of(tool.files)
    if _EFFECTS.index(tool.effect) < _EFFECTS.index(least):
        message = f'effect: files = "{tool.files}" is {least}, and no less'
        yield Finding(("tool", index, "effect"), "E114", message, "Leave it out.")
