"""What the security rules look at: a spec, and what is known of its programs' command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

from handrail.diagnostic import Key
from handrail.errors import SpecError
from handrail.lint.sample import Word, marked, sample
from handrail.profiles.catalogue import read_profile, shipped
from handrail.profiles.grammar import Grammar
from handrail.profiles.profile import Level, Profile
from handrail.profiles.read import Setting, read
from handrail.profiles.reading import Reading, Use
from handrail.profiles.role import Role
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.server import ProgramSpec, ServerSpec
from handrail.spec.tool import CommandSpec, Effect, ToolSpec

_VERSION = re.compile(r"[-.]?\d[\d.]*$")
L = TypeVar("L", bound=Level)


@dataclass(frozen=True, slots=True)
class Command:
    """A declared tool as a command line. `reading` is None when its program has no profile."""

    index: int
    tool: CommandSpec
    called: frozenset[str]
    """The names that its program goes by."""
    words: tuple[Word, ...]
    profile: Profile | None
    reading: Reading | None

    @property
    def at(self) -> tuple[Key, ...]:
        """The tool's place in the file."""
        return ("tool", self.index)

    @property
    def uses(self) -> tuple[Use, ...]:
        """What its arguments are; nothing when that is not known."""
        return self.reading.uses if self.reading else ()

    @property
    def level(self) -> Level | None:
        """The part of the profile that its arguments are read by."""
        if self.profile is None or self.reading is None:
            return None
        grammar = Grammar.of(self.profile)
        for name in self.reading.proper[1:]:
            grammar = grammar.commands[name][1]
        return grammar.level

    def is_any_text(self, name: str) -> bool:
        """Whether callers may give the param any text at all."""
        param = self.tool.params.get(name, ParamSpec())
        return param.type is ParamType.STRING and not (param.pattern or param.choices)

    def place(self, name: str, start: int = 0) -> tuple[Key, ...]:
        """Where the arguments from `start` on first use a param."""
        places = [word.at for word in self.words[start:] if name in word.names]
        return (*self.at, *(places[0] if places else ("args",)))

    def params(self) -> Iterator[tuple[Use, str]]:
        """Every use that has a param in its value, with that param."""
        for use in self.uses:
            for name in marked(use.value):
                yield use, name

    def has(self, *roles: Role) -> bool:
        """Whether any argument has one of these roles."""
        return any(use.role in roles for use in self.uses)


@dataclass(frozen=True, slots=True)
class Review:
    """A spec with its commands, and the profiles of its programs by name."""

    spec: ServerSpec
    profiles: Mapping[str, Profile]
    commands: tuple[Command, ...]

    @classmethod
    def of(cls, spec: ServerSpec, folder: Path) -> Review:
        """Read every declared command. Paths of profiles are relative to `folder`."""
        found = {name: _profile(name, one, folder) for name, one in spec.programs.items()}
        profiles = {name: one for name, one in found.items() if one is not None}
        commands = (_command(index, tool, spec, profiles) for index, tool in spec.commands)
        return cls(spec, profiles, tuple(commands))

    def called(self, name: str) -> frozenset[str]:
        """The names that a program goes by: its own, its file's, its profile's."""
        return _called(name, self.spec)


def writes_anywhere(tool: ToolSpec, spec: ServerSpec) -> bool:
    """Whether a tool may write to the whole workspace, or to the file's folder."""
    if tool.effect is Effect.READ:
        return False
    whole = {PurePosixPath("."), PurePosixPath(spec.workspace.root)}
    return tool.writable is None or any(PurePosixPath(one) in whole for one in tool.writable)


def read_as_free(command: Command) -> Reading | None:
    """The same arguments as if the caller had given them."""
    return _read(command.tool, command.words, command.profile, free=True)


def _command(
    index: int, tool: CommandSpec, spec: ServerSpec, profiles: Mapping[str, Profile]
) -> Command:
    words = tuple(sample(tool))
    profile = profiles.get(tool.program)
    reading = _read(tool, words, profile)
    return Command(index, tool, _called(tool.program, spec), words, profile, reading)


def _read(
    tool: CommandSpec, words: tuple[Word, ...], profile: Profile | None, *, free: bool = False
) -> Reading | None:
    if profile is None:
        return None
    reads_only = tool.effect is Effect.READ
    setting = Setting({tool.program: _without_language(profile)}, free, reads_only)
    return read(tool.program, [word.text for word in words], setting)


def _without_language(level: L) -> L:
    """The level as if nothing were known of code: a mark in code is harmless, what it stands for
    need not be."""
    inner = {name: _without_language(one) for name, one in level.command.items()}
    return level.model_copy(update={"language": None, "command": inner})


def _profile(name: str, program: ProgramSpec, folder: Path) -> Profile | None:
    if program.profile is None:
        return shipped(PurePosixPath(program.path or name).name)
    if not program.profile.endswith(".toml"):
        return shipped(program.profile)
    with suppress(SpecError):  # E710 says so
        return read_profile(folder / program.profile)
    return None


def _called(name: str, spec: ServerSpec) -> frozenset[str]:
    program = spec.programs.get(name, ProgramSpec())
    given = {name, PurePosixPath(program.path or name).name, program.profile or name}
    return frozenset(given | {_VERSION.sub("", one) for one in given})
