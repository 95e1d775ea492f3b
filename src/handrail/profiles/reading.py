"""What a command line says, by its program's profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handrail.profiles.role import Role


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a command line says: `sort -o out.txt` uses `-o` with the value `out.txt`.

    `at` is the index of the element in the arguments, without the program itself.
    """

    role: Role
    name: str
    value: str | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Nested:
    """A command inside a command, from `start` up to `end` of its arguments: `nice git status`."""

    start: int
    end: int
    words: tuple[str, ...]
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the arguments of one command say.

    `path` is the program and its subcommands (`("git", "stash", "list")`); `words` the
    arguments as they were given; `added` what is put in at an index of them, to turn off what
    the program would do by itself.
    """

    path: tuple[str, ...]
    words: tuple[str, ...]
    uses: tuple[Use, ...]
    rest: int = 0
    """Where the words after the program and its subcommands begin."""
    added: tuple[tuple[int, tuple[str, ...]], ...] = ()
    nested: tuple[Nested, ...] = ()

    @property
    def canonical(self) -> tuple[str, ...]:
        """The command without the options that stand before its subcommands."""
        return (*self.path, *self.words[self.rest :])

    def commands(self) -> Iterator[Nested]:
        """Every command inside this one, however deep."""
        for one in self.nested:
            yield one
            if one.reading is not None:
                yield from one.reading.commands()
