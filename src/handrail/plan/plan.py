"""A tool and its arguments become a plan: exactly what would be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from handrail.plan import files, free
from handrail.plan.access import Access, access_of
from handrail.plan.argv import expand, fill
from handrail.plan.bind import Bound, bind
from handrail.plan.environment import environment
from handrail.plan.host import Host
from handrail.plan.limits import Limits
from handrail.plan.paths import confine
from handrail.plan.program import Program
from handrail.plan.stage import Earlier, Stage, declared_stage
from handrail.spec.server import ServerSpec
from handrail.spec.tool import (
    CommandSpec,
    Effect,
    FilesSpec,
    FreeSpec,
    Risk,
    SecretRef,
    ToolSpec,
)
from handrail.spec.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything the kernel will be told. Nothing is decided after this.

    `stages` are run as a pipeline when there are several, and there is at least one. `hidden`
    has every value that must never be shown: the secrets that this call uses, and its sensitive
    arguments; what may hold one is left out of the plan's own `repr`.
    """

    tool: str
    stages: tuple[Stage, ...]
    cwd: Path
    workspace: Path
    access: Access
    env: Mapping[str, str] = field(repr=False)
    stdin: bytes | Earlier | None = field(repr=False)
    limits: Limits
    effect: Effect
    approval: bool
    network: bool
    hidden: tuple[str, ...] = field(repr=False)
    acknowledged: tuple[Risk, ...] = ()
    free: bool = False
    """Whether its stages are the caller's words, and not those of the tool's author."""
    arguments: Mapping[str, tuple[Value, ...]] = field(default_factory=dict, repr=False)
    """What rules match of the arguments, by name; those of `argv` and `pipe` are in `stages`."""

    @property
    def program(self) -> Program:
        """The first stage's program: for most plans, the only one."""
        return self.stages[0].program

    @property
    def argv(self) -> tuple[str, ...]:
        """The first stage's arguments."""
        return self.stages[0].argv


def build_plan(
    spec: ServerSpec, tool: ToolSpec, arguments: Mapping[str, object], host: Host
) -> Plan:
    """Plan one call. Starts nothing; reads only where path arguments lead, and what profiles ask.

    Raises `ArgumentError` for arguments that do not fit, `PathOutsideWorkspace`, and `Denied`
    for a program that the tool does not run or that cannot be made harmless here.
    """
    match tool:
        case CommandSpec():
            return _of_command(spec, tool, arguments, host)
        case FreeSpec():
            return _of_caller(spec, tool, arguments, host)
        case FilesSpec():
            return _of_files(spec, tool, arguments, host)
        case _:
            raise TypeError(f"no tool: {tool!r}")


def _of_command(
    spec: ServerSpec, tool: CommandSpec, arguments: Mapping[str, object], host: Host
) -> Plan:
    cwd = _working_directory(tool, arguments, host)
    bound = bind(tool, arguments, workspace=host.workspace, cwd=cwd)
    words = expand(tool.args, bound.values, tool.params)
    stdin = None if tool.stdin is None else fill(tool.stdin, bound.values).encode()
    plan = _plan(spec, tool, host, (declared_stage(tool.program, words, cwd, host),), cwd, stdin)
    hidden = (*plan.hidden, *bound.sensitive)
    return replace(plan, hidden=hidden, arguments=bound.arguments)


def _of_caller(
    spec: ServerSpec, tool: FreeSpec, arguments: Mapping[str, object], host: Host
) -> Plan:
    field_name, commands = free.commands(arguments)
    rest = {name: given for name, given in arguments.items() if name not in free.COMMANDS}
    bound = bind(tool, rest, workspace=host.workspace, cwd=host.workspace)
    given = bound.values
    cwd = host.workspace / str(given.get("cwd", "."))
    place = free.Free(tool, host, access_of(tool, host), cwd)
    stages = tuple(place.stage(field_name, words) for words in commands)
    plan = _plan(spec, tool, host, stages, cwd, free.stdin(given))
    limits = free.shortened(plan.limits, given.get("timeout"))
    return replace(plan, free=True, limits=limits, arguments=bound.arguments)


def _of_files(
    spec: ServerSpec, tool: FilesSpec, arguments: Mapping[str, object], host: Host
) -> Plan:
    asked = files.ask(tool, arguments, host)
    seconds = Limits.of(tool, spec.limits).wall_seconds
    stdin = asked.told(files.setting(tool, host, seconds))
    plan = _plan(spec, tool, host, (asked.stage,), host.workspace, stdin)
    return replace(plan, arguments=asked.matched)


def _plan(
    spec: ServerSpec,
    tool: ToolSpec,
    host: Host,
    stages: tuple[Stage, ...],
    cwd: Path,
    stdin: bytes | Earlier | None,
) -> Plan:
    return Plan(
        tool=tool.name,
        stages=stages,
        cwd=cwd,
        workspace=host.workspace,
        access=access_of(tool, host),
        env=environment(tool, host),
        stdin=stdin,
        limits=Limits.of(tool, spec.limits),
        effect=tool.effect,
        approval=_needs_approval(tool),
        network=tool.network,
        acknowledged=tool.acknowledge,
        hidden=_secrets_used(tool, host),
    )


def _working_directory(tool: CommandSpec, arguments: Mapping[str, object], host: Host) -> Path:
    if tool.cwd is None:
        return host.workspace
    bound: Bound = bind(tool, arguments, workspace=host.workspace, cwd=host.workspace)
    field_name = tool.cwd.names[0] if tool.cwd.names else "cwd"
    return confine(fill(tool.cwd, bound.values), host.workspace, field=field_name)


def _needs_approval(tool: ToolSpec) -> bool:
    if tool.approval is not None:
        return tool.approval == "always"
    return tool.effect is Effect.DESTRUCTIVE


def _secrets_used(tool: ToolSpec, host: Host) -> tuple[str, ...]:
    refs = (value for value in tool.env.values() if isinstance(value, SecretRef))
    return tuple(host.secrets[ref.secret] for ref in refs)
