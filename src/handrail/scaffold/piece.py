"""What a command consists of: a program, and pieces of one or two words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handrail.profiles.grammar import Grammar
from handrail.profiles.role import Role


class Kind(StrEnum):
    """What a piece of a command is."""

    SUBCOMMAND = "subcommand"
    FLAG = "flag"
    OPTION = "option"
    OPERAND = "operand"
    KEPT = "kept as it is"
    END = "end of options"


@dataclass(frozen=True, slots=True)
class Piece:
    """A flag, an option with its value, or an operand.

    `words` are its elements as they were typed; the last one ends with `value`, when it has one.
    """

    kind: Kind
    words: tuple[str, ...]
    name: str = ""
    """The option's, as typed."""
    long: str | None = None
    """Another name of the option, that says more."""
    value: str | None = None
    role: Role | None = None
    """What the flag, or the value, is; None where nothing is known of the program."""
    repeats: bool = False
    """Whether more operands like this one may follow."""

    @property
    def before(self) -> tuple[str, ...]:
        """Its elements with the value cut off: `("-n", "")`, `("--author=",)`."""
        *first, last = self.words
        return (*first, last.removesuffix(self.value or ""))


@dataclass(frozen=True, slots=True)
class Command:
    """A command in pieces; `grammar` is the profile's part about it."""

    path: tuple[str, ...]
    """The program and its subcommands."""
    pieces: tuple[Piece, ...]
    grammar: Grammar | None
    guessed: tuple[str, ...] = ()
    """Words of which it is not certain what they are."""

    @property
    def kept(self) -> tuple[str, ...]:
        """Words of which the profile does not say what they are."""
        return tuple(" ".join(one.words) for one in self.pieces if one.kind is Kind.KEPT)

    @property
    def executes(self) -> bool:
        """Whether it runs code, so that what its words mean is up to that."""
        return self.grammar is not None and self.grammar.level.executes is not None

    @property
    def terminator(self) -> bool:
        """Whether `--` ends its options."""
        return self.grammar is not None and self.grammar.terminator
