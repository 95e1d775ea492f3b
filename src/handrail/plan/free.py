"""What the caller of a free tool gives becomes stages: read, confined to the workspace, located."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from handrail.errors import ArgumentError, Denied
from handrail.plan.access import Access
from handrail.plan.argv import Values
from handrail.plan.host import Host
from handrail.plan.inspect import inspected
from handrail.plan.limits import Limits
from handrail.plan.program import Program
from handrail.plan.spots import Spots
from handrail.plan.stage import Earlier, Stage
from handrail.profiles.read import Setting, read
from handrail.profiles.reading import Nested, Reading
from handrail.spec import free
from handrail.spec.kind import kind_of
from handrail.spec.tool import Effect, FreeSpec
from handrail.spec.values import BadValue, check_value

COMMANDS = ("argv", free.PIPE)
"""The arguments of a call that say what to run."""

Words = tuple[str, ...]
"""A command as its caller gives it: the program's name, and its arguments."""


def commands(arguments: Mapping[str, object]) -> tuple[str, list[Words]]:
    """The commands to run, and the argument that has them: `argv` one, `pipe` several.

    Raises `ArgumentError`.
    """
    argv, pipe = arguments.get("argv"), arguments.get(free.PIPE)
    if (argv is None) == (pipe is None):
        reason = (
            "give either `argv` or `pipe`" if argv is None else "give `argv` or `pipe`, not both"
        )
        raise ArgumentError(reason, field="argv", hint='For example: argv = ["git", "status"].')
    if argv is not None:
        return "argv", [_words("argv", argv)]
    if not isinstance(pipe, list | tuple) or not 2 <= len(pipe) <= free.MOST_STAGES:
        message = f"`pipe` must be a list of 2 to {free.MOST_STAGES} argv lists"
        hint = 'For example: pipe = [["git", "log"], ["head", "-5"]].'
        raise ArgumentError(message, field=free.PIPE, hint=hint)
    return free.PIPE, [_words(free.PIPE, one) for one in pipe]


def _words(field: str, given: object) -> Words:
    if isinstance(given, str):
        message = f"`{field}` must be a list of words, not a string: there is no shell to split it"
        raise ArgumentError(message, field=field, hint='For example: ["git", "log", "-n", "5"].')
    try:
        checked = check_value(free.PARAMS["argv"], given)
    except BadValue as bad:
        raise ArgumentError(f"`{field}` {bad.reason}", field=field, allowed=bad.allowed) from None
    if not isinstance(checked, tuple) or not checked:
        raise ArgumentError(
            f"`{field}` must name a program, not be {kind_of(given)} without words", field=field
        )
    return tuple(map(str, checked))


@dataclass(frozen=True, slots=True)
class Free:
    """Where a free tool's commands are planned."""

    tool: FreeSpec
    host: Host
    access: Access
    cwd: Path

    def stage(self, field: str, words: Words) -> Stage:
        """One command. Raises `Denied`, and `PathOutsideWorkspace`."""
        name, *rest = words
        if name not in self.tool.programs:
            raise Denied(
                f"this tool does not run `{ascii(name[:64])[1:-1]}`",
                field=field,
                allowed=list(self.tool.programs),
                hint="Give the program by its name, as listed.",
            )
        reading = read(name, rest, self._setting)
        program = self.host.programs[name]
        if reading is None:
            return Stage(program, (str(program.path), *rest))
        spots = Spots(self.host.workspace, self.access, field)
        every = (reading, *(inside.reading for inside in reading.commands()))
        leaning = [use for one in every if one for use in spots.confine(one, self.cwd)]
        reading = replace(reading, uses=(*reading.uses, *leaning))
        reading = inspected(reading, self.cwd, self.host)
        argv = (str(program.path), *reading.arguments(self._locate))
        return Stage(program, argv, reading, self._wrapped(reading))

    @property
    def _setting(self) -> Setting:
        return Setting(
            profiles={name: self.host.profiles.get(name) for name in self.tool.programs},
            reads_only=self.tool.effect is Effect.READ,
        )

    def _locate(self, name: str) -> str:
        return str(self.host.programs[name].path)

    def _wrapped(self, reading: Reading) -> tuple[Program, ...]:
        inside: list[Nested] = list(reading.commands())
        return tuple(self.host.programs[one.words[0]] for one in inside)


def stdin(given: Values) -> bytes | Earlier | None:
    """What the first command reads: a text, or an earlier call's output. Raises `ArgumentError`."""
    text, source = given.get("stdin"), given.get("stdin_from")
    if source is None:
        return None if text is None else str(text).encode()
    if text is not None:
        raise ArgumentError("give `stdin` or `stdin_from`, not both", field="stdin_from")
    call_id, _, stream = str(source).partition("/")
    return Earlier(call_id, stream or "stdout")


def shortened(limits: Limits, timeout: object) -> Limits:
    """`limits` with the caller's `timeout` in seconds. Raises `ArgumentError` for a longer one."""
    seconds = limits.wall_seconds if timeout is None else float(str(timeout))
    if seconds > limits.wall_seconds:
        most = limits.wall_seconds
        message = f"`timeout` must be at most {most:g} seconds here"
        raise ArgumentError(message, field="timeout", allowed={"max": most})
    return replace(limits, wall_seconds=seconds)
