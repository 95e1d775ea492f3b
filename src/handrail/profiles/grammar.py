"""A profile made ready to read by: options by name, and what a subcommand inherits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from handrail.profiles.profile import Level, Options, Profile, Syntax
from handrail.profiles.role import Role


@dataclass(frozen=True, slots=True)
class Option:
    """What an option does. `attached`: it takes a value only within its own element.

    `also` is what a switch does beside: extracting writes, and follows links.
    """

    role: Role
    attached: bool = False
    also: tuple[Role, ...] = ()

    @property
    def takes_value(self) -> bool:
        """Whether it may have a value."""
        return self.attached or self.role.takes_value


@dataclass(frozen=True)
class Grammar:
    """A program, or one of its subcommands."""

    level: Level
    syntax: Syntax
    terminator: bool
    options: Mapping[str, Option]
    forms: Mapping[str, Option]
    """Operands of the form `NAME=VALUE`, by what they begin with: `if=`."""
    groups: Mapping[str, Options]

    @classmethod
    def of(cls, profile: Profile) -> Grammar:
        """The whole program's. Raises `KeyError` for a group that the profile does not have."""
        return _of(profile)

    @cached_property
    def is_harmless(self) -> bool:
        """Whether no option that it has can do more than another text."""
        return {option.role for option in self.options.values()} <= {Role.FLAG, Role.TEXT}

    @cached_property
    def commands(self) -> Mapping[str, tuple[str, Grammar]]:
        """The subcommands by every name, with the proper one."""
        found: dict[str, tuple[str, Grammar]] = {}
        for name, level in self.level.command.items():
            grammar = _grammar(level, self.syntax, self.terminator, self.groups)
            found |= dict.fromkeys((name, *level.names), (name, grammar))
        return found


@lru_cache(maxsize=512)
def _of(profile: Profile) -> Grammar:
    # On the path of every call, and large for git.
    return _grammar(profile, "gnu", True, profile.groups)  # noqa: FBT003  # what most programs do


def _grammar(
    level: Level,
    syntax: Syntax,
    terminator: bool,  # noqa: FBT001  # a key of the profile
    groups: Mapping[str, Options],
) -> Grammar:
    named: dict[str, Option] = {}
    for name, option in _options(level, groups):
        before = named.get(name)
        both = before is not None and not option.takes_value and before.role is not option.role
        named[name] = replace(option, also=(before.role,)) if before and both else option
    for name in level.information:
        named.setdefault(name, Option(Role.FLAG))
    return Grammar(
        level=level,
        syntax=level.syntax or syntax,
        terminator=terminator if level.terminator is None else level.terminator,
        options={name: one for name, one in named.items() if name.startswith("-")},
        forms={name: one for name, one in named.items() if not name.startswith("-")},
        groups=groups,
    )


def _options(level: Level, groups: Mapping[str, Options]) -> Iterator[tuple[str, Option]]:
    for table in (*(groups[name] for name in level.uses), level.options):
        for role, names in table.items():
            for name in names:
                yield name.removesuffix("?"), Option(role, attached=name.endswith("?"))
