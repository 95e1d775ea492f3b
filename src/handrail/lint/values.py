"""S403, S404, S408: what callers can make of the values that they give."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Key, Severity
from handrail.lint.execution import CALLER, WORKSPACE
from handrail.lint.programs import FILTERS, IN_PLACE, INTERPRETERS, SHELLS
from handrail.lint.review import Command, Review, writes_anywhere
from handrail.lint.sample import marked
from handrail.profiles.grammar import Grammar
from handrail.profiles.role import Role
from handrail.spec.param import ParamSpec, ParamType

_CODE = {
    Role.CODE: (CALLER, "is code, which {program} runs"),
    Role.LOAD: (WORKSPACE, "names a file of code or configuration, which {program} runs"),
    Role.RUN: (None, "names a program, which {program} starts"),
    Role.ASSIGNMENT: (None, "sets a variable of another program's environment"),
}
_PATHS = frozenset(
    {Role.READ, Role.WRITE, Role.DESTROY, Role.FOLDER, Role.LISTS, Role.LOCAL, Role.LOCAL_WRITE}
)
_REACHES_OUT = frozenset({Role.URL, Role.NETWORK})
_WRITTEN = frozenset({Role.WRITE, Role.DESTROY, Role.LOCAL_WRITE})
_DANGEROUS = frozenset({Role.RUN, Role.LOAD, Role.LISTS})
_EVALUATES = frozenset({"-c", "-e", "-E", "--eval", "--command"})
_BOUND = "Bound it with choices or a pattern."


def judge_values(review: Review) -> Iterator[Finding]:
    """Judge every param by what its value is to the program."""
    for command in review.commands:
        yield from _after_dashes(command)
        yield from _beginnings(command)
        yield from _any_text(command)
        if command.reading is None:
            yield from _code_of_unknown(command)
        yield from _code_on_input(command)
        if writes_anywhere(command.tool, review.spec):
            yield from _any_file(command)


def _after_dashes(command: Command) -> Iterator[Finding]:
    if command.profile is None or command.reading is None:
        return
    grammar = Grammar.of(command.profile)
    for name in command.reading.proper[1:]:
        grammar = grammar.commands[name][1]
    texts = [word.text for word in command.words]
    if grammar.terminator or "--" not in texts:
        return
    for word in command.words[texts.index("--") + 1 :]:
        if any(map(command.is_any_text, word.names)):
            message = f'"{command.tool.program}" goes on to read options after "--"'
            hint = 'Remove the "--"; give the value as --option={x}, or type = "path".'
            yield Finding((*command.at, *word.at), "S403", message, hint)
            return


def _beginnings(command: Command) -> Iterator[Finding]:
    """Values that mean something else by how they begin: `@file`, `+command`."""
    prefixes = command.level.prefixes if command.level else {}
    special = sorted(one for one, role in prefixes.items() if role in _DANGEROUS)
    for use, name in command.params():
        if not command.is_any_text(name):
            continue
        starts = special if use.name == "operand" else ["@"] if use.role is Role.SENDS else []
        if starts and (use.value or "").startswith("\ue000"):
            shown = f'"{command.tool.program}" would read a value that begins with {starts[0]}'
            message = f"params.{name}: {shown} as more than text"
            yield Finding(command.place(name, use.at), "S403", message, _BOUND)


def _any_text(command: Command) -> Iterator[Finding]:
    seen: set[str] = set()
    for use, name in command.params():
        found = _free(command, use.role, name)
        if found is not None and name not in seen:
            seen.add(name)
            message, severity, hint = found
            at = command.place(name, use.at)
            yield Finding(at, "S404", f"params.{name}: {message}", hint, severity)
    for use in command.uses:
        for name in marked(use.name) if use.role is Role.UNKNOWN else ():
            if command.is_any_text(name):
                message = f"params.{name}: it chooses what {command.tool.program} does"
                yield Finding(command.place(name, use.at), "S404", message, _BOUND)


def _free(command: Command, role: Role, name: str) -> tuple[str, Severity, str] | None:
    any_text = command.is_any_text(name)
    if role in _CODE:
        risk, what = _CODE[role]
        chosen = any_text or role is Role.RUN
        if not chosen or risk in command.tool.acknowledge:
            return None
        hint = f'{_BOUND} Or acknowledge = ["{risk}"].' if risk else _BOUND
        return f"it {what.format(program=command.tool.program)}", Severity.ERROR, hint
    if not any_text:
        return None
    if role in _PATHS and not command.called & FILTERS:
        hint = f'Give params.{name} type = "path".'
        return "it names a file, and nothing holds it to the workspace", Severity.WARNING, hint
    if role in _REACHES_OUT:
        return "it may be any address, inside your network too", Severity.WARNING, _BOUND
    return None


def _code_of_unknown(command: Command) -> Iterator[Finding]:
    """Code for interpreters without a profile: after `-c`, or on their input."""
    if not command.called & (SHELLS | INTERPRETERS):
        return
    for before, word in zip(command.words, command.words[1:], strict=False):
        at: tuple[Key, ...] = (*command.at, *word.at)
        for name in marked(word.text) if before.text in _EVALUATES else ():
            message = f"params.{name}: it becomes part of code, which {command.tool.program} runs"
            yield Finding(at, "S404", message, "Give it as an argument of its own.")


def _code_on_input(command: Command) -> Iterator[Finding]:
    """Without a script among its arguments, an interpreter runs what it reads."""
    has_script = any(
        not word.text.startswith("-") or word.text in _EVALUATES for word in command.words
    )
    if has_script or not command.called & (SHELLS | INTERPRETERS) or command.tool.stdin is None:
        return
    if CALLER in command.tool.acknowledge:
        return
    for name in filter(command.is_any_text, command.tool.stdin.names):
        message = f"params.{name}: it is code, which {command.tool.program} runs"
        yield Finding((*command.at, "stdin"), "S404", message, _BOUND)


def _any_file(command: Command) -> Iterator[Finding]:
    switches = (use.name for use in command.uses if use.role in (Role.WRITES, Role.DESTROYS))
    in_place = any(name.startswith(IN_PLACE) for name in switches)
    seen: set[str] = set()
    for use, name in command.params():
        param = command.tool.params.get(name, ParamSpec())
        bound = param.type is not ParamType.PATH or param.pattern or param.choices
        operand = in_place and use.role is Role.READ and use.name == "operand"
        if (use.role in _WRITTEN or operand) and not bound and name not in seen:
            seen.add(name)
            message = f"params.{name}: callers may have any file of the workspace written"
            hint = 'Name what is meant: writable = ["notes"], or a pattern for the param.'
            at = (*command.at, "params", name)
            yield Finding(at, "S408", message, hint, Severity.WARNING)
