"""The whole server file."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from handrail.spec.access import AccessTable
from handrail.spec.audit import AuditTable
from handrail.spec.auth import AuthTable
from handrail.spec.http import HttpTable
from handrail.spec.model import Table
from handrail.spec.names import EnvName, PackageName, PathName, ProgramName, Version
from handrail.spec.rule import RuleSpec
from handrail.spec.telemetry import TelemetryTable
from handrail.spec.tool import AnyTool, CommandSpec
from handrail.spec.units import Bytes, Seconds
from handrail.spec.use import Use

LARGEST_USER = 2**32 - 2
"""The largest number of a user; the one above means "leave it as it is" (setresuid(2))."""


class Tier(StrEnum):
    """How strongly the operating system confines a command; stronger tiers come first."""

    NAMESPACES = "namespaces"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"
    NONE = "none"

    def at_least(self, weakest: Tier) -> bool:
        """Whether this tier is as strong as `weakest`, or stronger."""
        order = list(Tier)
        return order.index(self) <= order.index(weakest)


class ServerTable(Table):
    """Who the server is."""

    name: str = Field(default="handrail", min_length=1, max_length=128)
    """The server's name."""
    instructions: str | None = None
    """What the tools are for; clients show this to the model."""


class WorkspaceTable(Table):
    """The only tree that tools see."""

    root: PathName = "."
    """The workspace; relative to the file. `${NAME}` and `${NAME:-default}` are replaced."""
    per_caller: bool = False
    """Whether each caller has a folder of its own in it, and sees no other."""


class ProgramSpec(Table):
    """A program that tools may run, found once when the server starts."""

    path: PathName | None = None
    """Where it is; searched for on PATH when unset."""
    min_version: Version | None = None
    """The oldest version that will do, asked of `PROGRAM --version`."""
    apt: PackageName | None = None
    """The Debian package that has it, for containers and hints."""
    profile: str | None = Field(default=None, min_length=1)
    """What is known of its command line: a profile's name, or the path of a file of yours
    (`./deploy.profile.toml`); found by the program's own name when unset."""


class SecretSpec(Table):
    """A value that is never shown: from an environment variable, or from a file."""

    env: EnvName | None = None
    """The server's environment variable that holds it."""
    file: PathName | None = None
    """The file that holds it; one line break at its end is not part of the value."""


def _user(value: str | int | None) -> str | int | None:
    # Variables are text, so a number may come as digits, and nothing as an empty text.
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        value = int(value)
    if isinstance(value, int) and not 0 <= value <= LARGEST_USER:
        raise ValueError(f"a user's number is at least 0 and at most {LARGEST_USER}")
    return None if value == "" else value


class ConfinementTable(Table):
    """What the operating system must enforce."""

    require: Tier = Tier.LANDLOCK
    """The weakest tier to run at; below it, the server refuses to start."""
    use: Tier | None = None
    """The one tier to run at, when it is at least `require`."""
    user: Annotated[str | int | None, AfterValidator(_user)] = None
    """Whom a server that is root runs commands as: a name or a number, also `${NAME}`."""


class LimitsTable(Table):
    """Bounds for every tool that does not set its own."""

    timeout: Seconds = 30.0
    """How long one call may take."""
    memory: Bytes = 512 * 1024**2
    """How much memory the processes of one call may hold together."""
    cpu: Seconds | None = None
    """How much processor time one process may use."""
    pids: int = Field(default=512, ge=1, le=100_000)
    """How many processes of one call may live at once."""
    file_size: Bytes = 1024**3
    """How large a file that a command writes may become."""
    open_files: int = Field(default=1024, ge=64, le=1_048_576)
    """How many files one process may have open at once."""
    output: Bytes = 64 * 1024
    """How much of each stream the answer shows: half from the start, half from the end."""
    spool: Bytes = 256 * 1024**2
    """How much output of one call is kept for paging; beyond it the call ends."""
    concurrency: int = Field(default=16, ge=1, le=1024)
    """How many calls may run at once."""


def _version(value: object) -> object:
    # In Python, true is 1.
    if type(value) is not int or value != 1:
        raise ValueError("this handrail reads version 1 only")
    return value


class ServerSpec(Table):
    """A server file."""

    config_version: Annotated[Literal[1], BeforeValidator(_version)]
    """The version of this format."""
    use: tuple[Use, ...] = ()
    """Packs of tools: `"git"`, or `"git:read"` for those of its tools that only read."""
    server: ServerTable = Field(default_factory=ServerTable)
    workspace: WorkspaceTable = Field(default_factory=WorkspaceTable)
    programs: dict[ProgramName, ProgramSpec] = Field(default_factory=dict)
    """The programs that tools may run, by name."""
    secrets: dict[EnvName, SecretSpec] = Field(default_factory=dict)
    """Values that are never shown, by name."""
    confinement: ConfinementTable = Field(default_factory=ConfinementTable)
    limits: LimitsTable = Field(default_factory=LimitsTable)
    auth: AuthTable = Field(default_factory=AuthTable)
    access: AccessTable = Field(default_factory=AccessTable)
    audit: AuditTable | None = None
    """The record of every call; none is kept when unset."""
    http: HttpTable = Field(default_factory=HttpTable)
    telemetry: TelemetryTable = Field(default_factory=TelemetryTable)
    tools: tuple[AnyTool, ...] = Field(default=(), alias="tool")
    """The tools."""
    rules: tuple[RuleSpec, ...] = Field(default=(), alias="rule")
    """What to allow, to ask about, and to deny; of all that match a call, the strictest binds."""
    allow: tuple[str, ...] = ()
    """Security findings about this file that are no problem, with why: `"S404: reason"`."""

    @property
    def commands(self) -> Iterator[tuple[int, CommandSpec]]:
        """The tools whose arguments are templates, with their place among all tools."""
        for index, tool in enumerate(self.tools):
            if isinstance(tool, CommandSpec):
                yield index, tool
