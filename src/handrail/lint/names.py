"""E5xx: what things are called, and whether what is named is there."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Severity
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import closest
from handrail.spec.tool import FreeSpec, ToolSpec
from handrail.spec.use import repeated, split

RESERVED = frozenset({"read_output"})
"""Tools that every server has."""


def judge_names(spec: ServerSpec) -> Iterator[Finding]:
    """Judge the names of packs and tools, and the programs that they name."""
    for number, before in repeated(spec.use):
        message = f'pack "{split(spec.use[number])[0]}" is used already, as "{spec.use[before]}"'
        hint = 'Keep one of them: all that "NAME:read" has is in "NAME", too.'
        yield Finding(("use", number), "E509", message, hint)
    if not spec.tools:
        hint = "Begin a tool with [[tool]]."
        yield Finding((), "E506", "the file declares no tools", hint, Severity.WARNING)
    first: dict[str, int] = {}
    for index, tool in enumerate(spec.tools):
        at = ("tool", index, "name")
        if tool.name in RESERVED:
            message = f'tool "{tool.name}": every server has a tool of this name'
            yield Finding(at, "E502", message, "Choose another.")
        if first.setdefault(tool.name, index) != index:
            yield Finding(at, "E501", f'there is another tool "{tool.name}" above')
        yield from _undeclared(index, tool, spec)
    # A misspelt mention is one mistake, not two.
    named = {name for tool in spec.tools for name in tool.program_names}
    meant = {closest(name, spec.programs) for name in named - spec.programs.keys()}
    for name in spec.programs.keys() - named - meant:
        message = f'program "{name}" is never used'
        hint = "Remove it, unless another program of yours starts it."
        yield Finding(("programs", name), "E504", message, hint, Severity.WARNING, on_key=True)


def _undeclared(index: int, tool: ToolSpec, spec: ServerSpec) -> Iterator[Finding]:
    for number, name in enumerate(tool.program_names):
        if name in spec.programs:
            continue
        place = ("programs", number) if isinstance(tool, FreeSpec) else ("program",)
        meant = closest(name, spec.programs)
        guess = f'Did you mean "{meant}"? Or add' if meant else "Add"
        message = f'program "{name}" is not in [programs]'
        hint = f"{guess} {name} = {{}} to [programs]."
        yield Finding(("tool", index, *place), "E503", message, hint)
