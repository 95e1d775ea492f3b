"""E7xx: rules that contradict their examples, or that can never match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from handrail.diagnostic import Finding, Key, Severity
from handrail.profiles.catalogue import shipped
from handrail.profiles.command import Command, commands
from handrail.profiles.profile import Profile
from handrail.profiles.read import Setting, read
from handrail.spec import free
from handrail.spec.element import Condition, PatternTable, fits
from handrail.spec.param import ParamSpec, ParamType, Scalar
from handrail.spec.rule import RuleSpec
from handrail.spec.server import ProgramSpec, ServerSpec
from handrail.spec.suggest import did_you_mean
from handrail.spec.tool import FreeSpec, ToolSpec
from handrail.spec.values import BadValue, check_value

At = tuple[Key, ...]

_COMMANDS = ("argv", free.PIPE)
"""Arguments of a free tool that are commands."""


def judge_rules(spec: ServerSpec) -> Iterator[Finding]:
    """Judge every rule by its examples, and by the tools that it is about."""
    profiles = {name: _profile(name, one) for name, one in spec.programs.items()}
    for index, rule in enumerate(spec.rules):
        at = ("rule", index)
        tools = [tool for tool in spec.tools if rule.is_about(tool.name)]
        yield from _examples(at, rule, profiles)
        if tools:
            yield from _program(at, rule, tools)
            yield from _params(at, rule, tools)
        elif rule.tool is not None:
            meant = did_you_mean(rule.tool, [tool.name for tool in spec.tools])
            message = f'the rule is about tool "{rule.tool}", which does not exist{meant}'
            yield Finding((*at, "tool"), "E703", message)


def _profile(name: str, program: ProgramSpec) -> Profile | None:
    """The profile that the program will have, unless that is a file of the author's."""
    if program.profile is not None:
        return shipped(program.profile)
    return shipped(name if program.path is None else Path(program.path).name)


def _examples(at: At, rule: RuleSpec, profiles: Mapping[str, Profile | None]) -> Iterator[Finding]:
    hint = f"The rule is about {rule.summary}."
    for number, words in enumerate(rule.match):
        if not any(one.matches(rule) for one in _read(words, profiles)):
            message = "the rule does not match this example of what it must match"
            yield Finding((*at, "match", number), "E701", message, hint)
    for number, words in enumerate(rule.not_match):
        if any(one.matches(rule) for one in _read(words, profiles)):
            message = "the rule matches this example of what it must not match"
            yield Finding((*at, "not_match", number), "E702", message, hint)


def _read(words: tuple[str, ...], profiles: Mapping[str, Profile | None]) -> Iterator[Command]:
    """The commands in an example, as the planner would read them."""
    name, *rest = words
    reading = read(name, rest, Setting(profiles)) if name in profiles else None
    return commands(words, reading)


def _program(at: At, rule: RuleSpec, tools: Sequence[ToolSpec]) -> Iterator[Finding]:
    names = dict.fromkeys(name for tool in tools for name in tool.program_names)
    if not rule.argv or any(fits(rule.argv[0], name) for name in names):
        return
    wanted = rule.argv[0]
    meant = did_you_mean(wanted, names) if isinstance(wanted, str) else ""
    message = f"the rule can never match: no tool that it is about runs such a program{meant}"
    hint = f"The programs are: {', '.join(names)}. A rule says them by their names in [programs]."
    # Misspelt, it would leave open what its author took for closed; otherwise it does no harm.
    severity = Severity.ERROR if meant else Severity.WARNING
    yield Finding((*at, "argv", 0), "E704", message, hint, severity)


def _params(at: At, rule: RuleSpec, tools: Sequence[ToolSpec]) -> Iterator[Finding]:
    known = {name for tool in tools for name in _arguments(tool)}
    for name, said in rule.params.items():
        place = (*at, "params", name)
        if name not in known:
            message = f'no tool that the rule is about has an argument "{name}"'
            hint = None
            if name in _COMMANDS:
                hint = 'Say it of the command itself: argv = ["git", "push"] in the rule.'
            finding = f"{message}{did_you_mean(name, known)}"
            yield Finding(place, "E705", finding, hint, on_key=True)
            continue
        params = [_arguments(tool)[name] for tool in tools if name in _arguments(tool)]
        yield from _values(place, said, params)


def _arguments(tool: ToolSpec) -> Mapping[str, ParamSpec]:
    """What conditions can be about; a command that the caller gives has forms of its own."""
    if not isinstance(tool, FreeSpec):
        return tool.accepts
    return {name: param for name, param in tool.accepts.items() if name not in _COMMANDS}


def _values(at: At, said: Condition, params: list[ParamSpec]) -> Iterator[Finding]:
    if isinstance(said, PatternTable):
        return
    several = isinstance(said, tuple)
    for number, value in enumerate(said if isinstance(said, tuple) else (said,)):
        reasons = [_never(param, value) for param in params]
        if all(reasons):
            place = (*at, number) if several else at
            yield Finding(place, "E707", f"params.{at[-1]}: it can never be this: it {reasons[0]}")


def _never(param: ParamSpec, value: Scalar) -> str | None:
    """Why the param can never have this value."""
    try:
        check_value(param.model_copy(update={"repeat": False}), value)
    except BadValue as bad:
        return bad.reason
    if param.type is ParamType.PATH and not _is_plain(str(value)):
        return 'is relative to the workspace, in its shortest form, like "src/app.py"'
    return None


def _is_plain(path: str) -> bool:
    plain = PurePosixPath(path)
    return str(plain) == path and not plain.is_absolute() and ".." not in plain.parts
