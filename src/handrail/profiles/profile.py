"""A profile as its file has it: the grammar of a program's command line (docs/profiles.md)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from handrail.profiles.role import Role
from handrail.spec.model import Table, refusal
from handrail.spec.param import Regex
from handrail.spec.tool import Effect

Syntax = Literal["gnu", "posix", "words"]
"""How options are told from operands."""

OF_OPTIONS = frozenset(Role) - {
    Role.DESTROY,
    Role.PATH,
    Role.MAYBE,
    Role.UNKNOWN,
    Role.SURPLUS,
    Role.REFUSED,
    Role.EXECUTES_WORKSPACE,
    Role.EXECUTES_CALLER,
    Role.LEANS,
    Role.EFFECT,
}
"""The roles that an option can have."""

OF_OPERANDS = frozenset(
    {
        Role.TEXT,
        Role.READ,
        Role.WRITE,
        Role.DESTROY,
        Role.FOLDER,
        Role.PATH,
        Role.MAYBE,
        Role.LISTS,
        Role.CODE,
        Role.LOAD,
        Role.RUN,
        Role.COMMAND,
        Role.SENDS,
        Role.URL,
        Role.NETWORK,
        Role.LOCAL,
        Role.LOCAL_WRITE,
        Role.ASSIGNMENT,
    }
)
"""The roles that an operand can have."""

Options = dict[Role, tuple[str, ...]]
"""Options by what they do."""

Reasons = dict[Regex, Annotated[str, Field(min_length=1)]]
"""Patterns to search for, and why what has one is refused."""


class Language(Table):
    """How to judge programs in the program's own language."""

    name: Literal["awk"] | None = None
    """A checker of ours."""
    refuse: Reasons = Field(default_factory=dict)
    """What such a program may not contain."""


class Level(Table):
    """A program, or one of its subcommands."""

    names: tuple[str, ...] = ()
    """Other names that it goes by."""
    syntax: Syntax | None = None
    terminator: bool | None = None
    """Whether `--` ends options."""
    effect: Effect = Effect.READ
    """What it does to the world when no option says more."""
    operands: tuple[Role, ...] = ()
    """What its operands are, in order; the last one repeats."""
    last: Role | None = None
    """What the last operand is, when it differs."""
    least: int = Field(default=2, ge=1)
    """How many operands there must be for `last`."""
    unless: tuple[str, ...] = ()
    """Options that take the first operand's place."""
    last_unless: tuple[str, ...] = ()
    """Options that take the last operand's place."""
    after: tuple[Role, ...] | None = None
    """What operands after `--` are, when they differ."""
    prefixes: dict[str, Role] = Field(default_factory=dict)
    """What an operand is by how it begins."""
    refuse: Reasons = Field(default_factory=dict)
    """Operands that are refused."""
    number: bool = False
    """Whether `-5` is a switch."""
    bundle: bool = False
    """Whether the first operand may be switches without a dash, as in `tar xzf`."""
    executes: Literal["workspace", "caller"] | None = None
    """Whose code it runs."""
    reads_code: bool = False
    """Whether it runs what it reads from its input, when it is told nothing else to run."""
    information: tuple[str, ...] = ("--version", "--help")
    """Options that print something and exit."""
    leans: str | None = Field(default=None, min_length=1)
    """Why only confinement keeps its reading inside the workspace."""
    network: bool = False
    """It is of no use without the network."""
    refused: str | None = Field(default=None, min_length=1)
    """Why it is never allowed."""
    appends: bool = False
    """Whether it adds names from its input to the command that it runs, as xargs does."""
    add: tuple[str, ...] = ()
    """Arguments that turn off what it would do by itself, where callers give argv."""
    add_read: tuple[str, ...] = ()
    """Further ones for tools that only read."""
    always: tuple[str, ...] = ()
    """The same, for every tool that runs it."""
    uses: tuple[str, ...] = ()
    """Groups of options that it has."""
    options: Options = Field(default_factory=dict)
    language: Language | None = None
    command: dict[str, Level] = Field(default_factory=dict)
    """Its subcommands."""
    bare: bool = False
    """Whether it also works without a subcommand."""

    @model_validator(mode="after")
    def _has_roles_that_fit(self) -> Self:
        for role in self.options.keys() - OF_OPTIONS:
            raise refusal("E711", f'no option can have the role "{role}"')
        given = {*self.operands, *(self.after or ()), *self.prefixes.values()}
        for role in (given | ({self.last} if self.last else set())) - OF_OPERANDS:
            raise refusal("E711", f'no operand can have the role "{role}"')
        return self


class Profile(Level):
    """What is known of a program."""

    env: dict[str, str] = Field(default_factory=dict)
    """Environment variables that turn off what it would do by itself."""
    inspect: Literal["git"] | None = None
    """What else to look at before it may run."""
    groups: dict[str, Options] = Field(default_factory=dict)
    """Options that several subcommands share."""

    def __hash__(self) -> int:
        """By the parts that have a hash; for what is worked out once per profile."""
        return hash((self.names, self.operands, self.effect, *self.command))
