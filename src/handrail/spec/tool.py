"""A declared tool: a command with templates, one whose caller gives argv, or work on files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from handrail.spec import files, free
from handrail.spec.access import RoleName
from handrail.spec.args import Arg
from handrail.spec.files import Operation
from handrail.spec.model import Table
from handrail.spec.names import EnvName, ParamName, ParseName, PathName, ToolName
from handrail.spec.param import ParamSpec, Regex, ScalarOrList
from handrail.spec.quota import CallRate
from handrail.spec.template import Template
from handrail.spec.units import Bytes, Seconds

ExitCode = Annotated[int, Field(ge=0, le=255)]

Risk = Literal["executes-workspace-code", "executes-callers-code", "unknown-programs"]
"""What the author of a tool may accept, by name."""


class Effect(StrEnum):
    """What a tool does to the world, at worst."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class SecretRef(Table):
    """The value of a declared secret."""

    secret: str
    """The name of an entry of `[secrets]`."""


def _env_form(value: Any) -> str:
    """Which form a raw value of `env` has, so that errors speak of that form only."""
    return "<secret>" if isinstance(value, dict | SecretRef) else "<literal>"


EnvValue = Annotated[
    Annotated[str, Tag("<literal>")] | Annotated[SecretRef, Tag("<secret>")],
    Discriminator(_env_form),
]
"""The value of an environment variable."""


class ExampleSpec(Table):
    """One use of a tool: documentation, test and benchmark at once."""

    args: dict[str, ScalarOrList] = Field(default_factory=dict)
    """The arguments."""
    expect: ExpectSpec | None = None
    """What must come of it when `handrail test` runs it."""


class ExpectSpec(Table):
    """What an example must lead to."""

    ending: Literal["exited", "signalled", "timed_out", "output_exceeded"] | None = None
    """How the command ends."""
    code: ExitCode | None = None
    """Its exit code."""
    stdout: Regex | None = None
    """A regular expression to find in its output."""


class PagesSpec(Table):
    """Which params say what part of a long list is wanted, so that an answer can name the next."""

    limit: ParamName
    """The param for how many items at most."""
    skip: ParamName | None = None
    """The param for how many items to leave out before them."""
    start: ParamName | None = None
    """Or the param for the number of the first item, counted from 1."""

    @model_validator(mode="after")
    def _check_place(self) -> PagesSpec:
        if (self.skip is None) == (self.start is None):
            raise ValueError("pages has either skip or start, beside limit")
        return self

    @property
    def place(self) -> str:
        """The param that says where the part begins."""
        return str(self.skip or self.start)

    @property
    def first(self) -> int:
        """What that param is for the first item of all."""
        return 0 if self.start is None else 1


class ToolSpec(Table):
    """What every tool has: its name, its effect, and the bounds of its use."""

    name: ToolName
    """How clients call it."""
    description: str = Field(min_length=1, max_length=4096)
    """What it does and when to use it; the model reads this."""
    effect: Effect = Effect.READ
    """read, write or destructive."""
    env: dict[EnvName, EnvValue] = Field(default_factory=dict)
    """Environment variables: literals, or `{ secret = "NAME" }`."""
    timeout: Seconds | None = None
    """How long one call may take."""
    memory: Bytes | None = None
    """How much memory its processes may hold together."""
    cpu: Seconds | None = None
    """How much processor time one process may use."""
    pids: int | None = Field(default=None, ge=1, le=100_000)
    """How many processes may live at once."""
    file_size: Bytes | None = None
    """How large a file that it writes may become."""
    open_files: int | None = Field(default=None, ge=64, le=1_048_576)
    """How many files one process may have open at once."""
    output: Bytes | None = None
    """How much of each stream the answer shows."""
    network: bool = False
    """Whether the program may use the network."""
    readable: tuple[PathName, ...] = ()
    """Paths that the program may read, beside the workspace and what its runtime needs."""
    writable: tuple[PathName, ...] | None = None
    """Paths that the program may write; by default the workspace, unless the effect is read."""
    executable: tuple[PathName, ...] = ()
    """Paths of programs that the program may start, beside what its runtime needs."""
    concurrency: int | None = Field(default=None, ge=1, le=1024)
    """How many calls of this tool may run at once."""
    rate: CallRate | None = None
    """How often all callers together may call it: `"30/minute"`, or `"30/minute burst 5"`."""
    requires: tuple[RoleName, ...] = ()
    """The roles that a caller must have to use it, all of them."""
    approval: Literal["never", "always"] | None = None
    """Whether a person must approve each call; destructive tools ask unless this says never."""
    ok_exit: tuple[ExitCode, ...] = Field(default=(0,), min_length=1)
    """Exit codes that mean success."""
    exit_messages: dict[Annotated[str, Field(pattern=r"^\d{1,3}$")], str] = Field(
        default_factory=dict
    )
    """What an exit code means, for the answer: `{ "5" = "no tests were found" }`."""
    parse: ParseName = "text"
    """How standard output becomes `output`: text, lines, json, jsonl, csv, jc:NAME or git:NAME."""
    progress: Regex | None = None
    """A pattern for progress lines; named groups `done`, `total`, `percent`, `message`."""
    idempotent: bool = False
    """Calling twice does no more than calling once."""
    acknowledge: tuple[Risk, ...] = ()
    """Risks that the author has accepted: code from files in the workspace, code that the caller
    gives, programs of which nothing is known."""
    allow: tuple[str, ...] = ()
    """Security findings about this tool that are no problem, with why: `"S404: reason"`."""
    examples: tuple[ExampleSpec, ...] = Field(default=(), alias="example")
    """Uses of this tool."""

    @property
    def program_names(self) -> tuple[str, ...]:
        """The entries of `[programs]` that it runs."""
        raise NotImplementedError

    @property
    def accepts(self) -> Mapping[str, ParamSpec]:
        """What callers give it, by name."""
        raise NotImplementedError


class CommandSpec(ToolSpec):
    """A tool that runs one program, with arguments made from its params."""

    program: str
    """An entry of `[programs]`."""
    args: tuple[Arg, ...] = ()
    """The arguments, each one element of argv; never a shell, never split, never quoted."""
    params: dict[ParamName, ParamSpec] = Field(default_factory=dict)
    """The parameters, by name."""
    stdin: Template | None = None
    """What the program reads from its standard input; nothing when unset."""
    cwd: Template | None = None
    """The directory to run in, inside the workspace; the workspace itself when unset."""
    pages: PagesSpec | None = None
    """The params that ask for a part of a long list: `{ limit = "limit", skip = "skip" }`."""

    @property
    def program_names(self) -> tuple[str, ...]:
        """The program."""
        return (self.program,)

    @property
    def accepts(self) -> Mapping[str, ParamSpec]:
        """Its params."""
        return self.params


class FreeSpec(ToolSpec):
    """A tool whose caller gives argv, to be judged by the programs' profiles and by rules."""

    programs: tuple[str, ...] = Field(min_length=1)
    """The entries of `[programs]` that the caller may run."""

    @property
    def program_names(self) -> tuple[str, ...]:
        """All of them."""
        return self.programs

    @property
    def accepts(self) -> Mapping[str, ParamSpec]:
        """The same for every free tool, and `pipe` beside them."""
        return free.PARAMS


class FilesSpec(ToolSpec):
    """A tool that works on files of the workspace, without any program."""

    files: Operation
    """What it does: read, list, find, grep, stat, write, edit, move, copy, delete or restore."""

    @model_validator(mode="after")
    def _with_effect(self) -> Self:
        """The effect is the operation's, unless the author says more."""
        if "effect" not in self.model_fields_set:
            object.__setattr__(self, "effect", effect_of(self.files))  # it is frozen from here on
        return self

    @property
    def program_names(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def accepts(self) -> Mapping[str, ParamSpec]:
        """What its operation takes."""
        return files.PARAMS[self.files]


_EFFECTS = {
    **dict.fromkeys(map(str, files.WRITES), Effect.WRITE.value),
    str(Operation.DELETE): Effect.DESTRUCTIVE.value,
}


def effect_of(operation: Operation) -> Effect:
    """What an operation on files does, at worst."""
    return Effect(_EFFECTS.get(str(operation), Effect.READ))


def _kind(value: Any) -> str:
    """Which kind of tool a raw value is, so that errors speak of that kind only."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", ())
    return next((kind for key, kind in _KINDS.items() if key in keys), "<command>")


_KINDS = {"programs": "<free>", "files": "<files>"}

AnyTool = Annotated[
    Annotated[CommandSpec, Tag("<command>")]
    | Annotated[FreeSpec, Tag("<free>")]
    | Annotated[FilesSpec, Tag("<files>")],
    Discriminator(_kind),
]
"""One tool of any kind."""

ExampleSpec.model_rebuild()
