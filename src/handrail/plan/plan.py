"""A tool and its arguments become a plan: exactly what would be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from handrail.errors import Denied
from handrail.plan.access import Access, access_of
from handrail.plan.argv import expand, fill
from handrail.plan.bind import Bound, bind
from handrail.plan.environment import environment
from handrail.plan.host import Host
from handrail.plan.paths import confine
from handrail.plan.program import Program
from handrail.plan.stage import Earlier, Stage
from handrail.spec.server import LimitsTable, ServerSpec
from handrail.spec.tool import CommandSpec, Effect, SecretRef, ToolSpec


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one call: seconds, bytes, processes, descriptors of one process."""

    wall_seconds: float
    memory_bytes: int
    cpu_seconds: float | None
    pids: int
    file_bytes: int
    open_files: int
    output_bytes: int
    spool_bytes: int

    @classmethod
    def of(cls, tool: ToolSpec, defaults: LimitsTable) -> Limits:
        """The tool's own bounds, and the file's where it sets none."""
        return cls(
            wall_seconds=tool.timeout or defaults.timeout,
            memory_bytes=tool.memory or defaults.memory,
            cpu_seconds=tool.cpu or defaults.cpu,
            pids=tool.pids or defaults.pids,
            file_bytes=tool.file_size or defaults.file_size,
            open_files=tool.open_files or defaults.open_files,
            output_bytes=tool.output or defaults.output,
            spool_bytes=defaults.spool,
        )


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
    """Plan one call. Starts nothing; reads only where links in path arguments lead.

    Raises `ArgumentError` for arguments that do not fit, and `PathOutsideWorkspace`.
    """
    if not isinstance(tool, CommandSpec):
        raise Denied("this version plans no free commands")
    cwd = _working_directory(tool, arguments, host)
    bound = bind(tool, arguments, workspace=host.workspace, cwd=cwd)
    program = host.programs[tool.program]
    argv = (str(program.path), *expand(tool.args, bound.values, tool.params))
    return Plan(
        tool=tool.name,
        stages=(Stage(program, argv),),
        cwd=cwd,
        workspace=host.workspace,
        access=access_of(tool, host),
        env=environment(tool, host),
        stdin=None if tool.stdin is None else fill(tool.stdin, bound.values).encode(),
        limits=Limits.of(tool, spec.limits),
        effect=tool.effect,
        approval=_needs_approval(tool),
        network=tool.network,
        hidden=(*_secrets_used(tool, host), *bound.sensitive),
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
