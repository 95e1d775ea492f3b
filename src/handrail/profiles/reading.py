"""What a command line says, by its program's profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handrail.profiles.role import Role


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a command line says: `sort -o out.txt` uses `-o` with the value `out.txt`.

    `at` is the index of the element in the arguments, without the program itself; `folders`
    are those that it enters before, so that a path's value is relative to them.
    """

    role: Role
    name: str
    value: str | None = None
    at: int = 0
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nested:
    """A command inside a command, from `start` up to `end` of its arguments: `nice git status`."""

    start: int
    end: int
    words: tuple[str, ...]
    reading: Reading | None

    def argv(self, locate: Callable[[str], str], most: int) -> tuple[str, ...]:
        """Its elements as they will run, `most` at most; `locate` gives a program's path."""
        # What xargs will append was read, too; it is not there yet.
        length = min(self.end - self.start, most) - 1
        if self.reading is None:
            return (locate(self.words[0]), *self.words[1 : length + 1])
        return (locate(self.words[0]), *self.reading.arguments(locate, length))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the arguments of one command say.

    `path` is the program and its subcommands as they were given (`("npm", "i")`), `proper` the
    same by the names that the profile has them under (`("npm", "install")`); `words` the
    arguments as they were given; `added` what is put in at an index of them, to turn off what
    the program would do by itself.
    """

    path: tuple[str, ...]
    proper: tuple[str, ...]
    words: tuple[str, ...]
    uses: tuple[Use, ...]
    rest: int = 0
    """Where the words after the program and its subcommands begin."""
    added: tuple[tuple[int, tuple[str, ...]], ...] = ()
    nested: tuple[Nested, ...] = ()
    folders: tuple[str, ...] = ()
    """The folders that it has entered at its end, each relative to the one before."""

    @property
    def canonical(self) -> tuple[tuple[str, ...], ...]:
        """The command without the options before its subcommands, by either name of those."""
        rest = self.words[self.rest :]
        return (*self.path, *rest), (*self.proper, *rest)

    def arguments(self, locate: Callable[[str], str], length: int | None = None) -> tuple[str, ...]:
        """The first `length` words (None: all) with what is added, as the program gets them."""
        nested = {one.start: one for one in self.nested}
        end = len(self.words) if length is None else length
        found: list[str] = []
        at = 0
        while at <= end:
            found += (word for place, words in self.added if place == at for word in words)
            if at in nested:
                found += nested[at].argv(locate, end - at)
                at = nested[at].end
                continue
            found += self.words[at : min(at + 1, end)]
            at += 1
        return tuple(found)

    def commands(self) -> Iterator[Nested]:
        """Every command inside this one, however deep."""
        for one in self.nested:
            yield one
            if one.reading is not None:
                yield from one.reading.commands()
