"""S402, S405, S416, S418: whose code a tool runs, and what its author knows of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail.diagnostic import Finding, Key, Severity
from handrail.lint.programs import (
    CONFIGURATION,
    RAISERS,
    REMOTE,
    SCRIPTS,
    SHELLS,
    WRAPPERS,
)
from handrail.lint.review import Command, Review
from handrail.lint.sample import marked
from handrail.profiles.profile import Level
from handrail.profiles.reading import Use
from handrail.profiles.role import Role
from handrail.spec.tool import CommandSpec, FreeSpec, Risk, ToolSpec

WORKSPACE: Risk = "executes-workspace-code"
CALLER: Risk = "executes-callers-code"
UNKNOWN: Risk = "unknown-programs"
_OF_CALLER = frozenset({Role.CODE, Role.LOAD, Role.RUN, Role.RUNS, Role.EXECUTES_CALLER})
_STARTERS = (
    (
        SHELLS,
        "is a shell: one slip in its script, and a value becomes a command",
        "Run the program itself; answers are bounded and paged without a pipe.",
    ),
    (
        RAISERS,
        "starts programs as another user",
        "Run the server as that user, or set confinement.user.",
    ),
    (
        REMOTE,
        "starts programs on another machine, where nothing confines them",
        "Serve the tool on that machine.",
    ),
)
_INFORMATION = frozenset({"--version", "-V", "--help"})


def judge_execution(review: Review) -> Iterator[Finding]:
    """Judge the programs of every tool, and what it acknowledges."""
    for command in review.commands:
        starts = runs_workspace_code(command)
        if starts and WORKSPACE not in command.tool.acknowledge:
            message = f'"{command.tool.program}" runs code from files in the workspace ({starts})'
            hint = f'If that is meant: acknowledge = ["{WORKSPACE}"], and no network.'
            yield Finding((*command.at, "program"), "S402", message, hint)
    for index, tool in enumerate(review.spec.tools):
        for number, name in enumerate(tool.program_names):
            place = ("programs", number) if isinstance(tool, FreeSpec) else ("program",)
            at = ("tool", index, *place)
            yield from _starter(at, name, review.called(name), tool)
            if isinstance(tool, FreeSpec) and name in review.spec.programs:
                yield from _idle_program(at, name, tool, review)
        yield from _unused(index, tool, review)


def _idle_program(
    at: tuple[Key, ...], name: str, tool: FreeSpec, review: Review
) -> Iterator[Finding]:
    """A program of a free tool that every call would be refused."""
    profile = review.profiles.get(name)
    if profile is not None and profile.refused:
        message = f'every call of "{name}" will be refused: {profile.refused}'
        yield Finding(at, "S418", message, "Remove it.", Severity.WARNING)
    elif profile is None and UNKNOWN not in tool.acknowledge:
        message = f'nothing is known of the command line of "{name}": every call will be refused'
        hint = f'Write a profile (docs/profiles.md), or acknowledge = ["{UNKNOWN}"].'
        yield Finding(at, "S418", message, hint, Severity.WARNING)


def runs_workspace_code(command: Command) -> str | None:
    """Where a command's program finds code in the workspace; None when it looks for none."""
    known = [CONFIGURATION[name] for name in sorted(command.called) if name in CONFIGURATION]
    if command.reading is not None:
        loads = [use for use in command.uses if use.role is Role.LOAD and _loads(use)]
        if command.has(Role.EXECUTES_WORKSPACE):
            return known[0] if known else "by its profile"
        return loads[0].name if loads else None
    given = {word.text for word in command.words}
    return None if not known or (given and given <= _INFORMATION) else known[0]


def _loads(use: Use) -> bool:
    """Whether a file of the workspace is loaded; other files are the author's own."""
    value = use.value or ""
    if value.startswith("./") and marked(value):
        return True
    script = "/" in value or value.endswith(SCRIPTS)
    relative = script and not value.startswith("/") and not marked(value)
    # As in `python -m pytest`.
    return use.name == "operand" and (relative or value in CONFIGURATION)


def _starter(
    at: tuple[str | int, ...], name: str, called: frozenset[str], tool: ToolSpec
) -> Iterator[Finding]:
    for names, what, hint in _STARTERS:
        if called & names:
            yield Finding(at, "S405", f'"{name}" {what}', hint)
    # What a free tool wraps is judged as if it stood by itself; env without arguments only prints.
    if called & WRAPPERS and (isinstance(tool, CommandSpec) and tool.args):
        message = f'"{name}" starts another program, which [programs] does not name'
        hint = "Declare that one as the program; env, timeout and limits are keys of the tool."
        yield Finding(at, "S405", message, hint)


def _unused(index: int, tool: ToolSpec, review: Review) -> Iterator[Finding]:
    idle = _idle_in_free(tool, review) if isinstance(tool, FreeSpec) else _idle(index, review)
    for number, risk in enumerate(tool.acknowledge):
        if risk in idle:
            message = f'nothing that tool "{tool.name}" may run needs acknowledge "{risk}"'
            at = ("tool", index, "acknowledge", number)
            yield Finding(at, "S416", message, "Remove it.", Severity.WARNING)


def _idle(index: int, review: Review) -> Iterator[Risk]:
    yield UNKNOWN  # the author chose the program and its arguments
    command = next(one for one in review.commands if one.index == index)
    # It also lets programs of the workspace be started, so without a profile it may be needed.
    if command.reading is None or command.has(*_OF_CALLER, Role.UNKNOWN):
        return
    yield CALLER
    if not command.has(Role.EXECUTES_WORKSPACE):
        yield WORKSPACE


def _idle_in_free(tool: FreeSpec, review: Review) -> Iterator[Risk]:
    profiles = [review.profiles.get(name) for name in tool.programs]
    known = [one for one in profiles if one is not None]
    if len(known) < len(profiles):
        return
    yield UNKNOWN
    if not any(_may(known, ("workspace",), (Role.LOAD,))):
        yield WORKSPACE
    if not any(_may(known, ("caller",), (Role.CODE, Role.LOAD))):
        yield CALLER


def _may(
    levels: Iterable[Level], executes: tuple[str, ...], roles: tuple[Role, ...]
) -> Iterator[bool]:
    for level in levels:
        given = {*level.options, *level.operands, *level.prefixes.values()}
        yield level.executes in executes or not given.isdisjoint(roles) or bool(level.uses)
        yield from _may(level.command.values(), executes, roles)
