"""An example command, taken apart: what each of its words is to the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from handrail.profiles.grammar import Grammar
from handrail.profiles.profile import Profile
from handrail.profiles.role import Role
from handrail.profiles.scan import Given, is_option, scan
from handrail.scaffold.imports.help_roles import Known

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_GUESSED = re.compile(r"--?[A-Za-z][\w-]*=")


class Kind(StrEnum):
    """What a piece of a command is."""

    SUBCOMMAND = "subcommand"
    FLAG = "flag"
    OPTION = "option"
    OPERAND = "operand"
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
    def executes(self) -> bool:
        """Whether it runs code, so that what its words mean is up to that."""
        return self.grammar is not None and self.grammar.level.executes is not None

    @property
    def terminator(self) -> bool:
        """Whether `--` ends its options."""
        return self.grammar is not None and self.grammar.terminator


def taken_apart(program: str, words: Sequence[str], profile: Profile | None) -> Command:
    """The arguments `words` of a program, by its profile, or by their shapes."""
    if profile is None:
        pieces = tuple(_by_shape(words))
        guessed = tuple(one.words[0] for one in pieces if one.kind is not Kind.FLAG)
        return Command((program,), pieces, None, guessed)
    return _Reader(program, Grammar.of(profile)).read(words)


class _Reader:
    """Takes a command apart from its start to its end."""

    def __init__(self, program: str, grammar: Grammar) -> None:
        self._path, self._grammar = [program], grammar
        self._pieces: list[Piece] = []
        self._ended, self._operands = False, 0

    def read(self, words: Sequence[str]) -> Command:
        """All of it."""
        at = 0
        while at < len(words):
            piece = self._piece(words, at)
            self._pieces.append(piece)
            at += len(piece.words)
        pieces = tuple(_with_roles(self._grammar, self._pieces))
        return Command(tuple(self._path), pieces, self._grammar)

    def _piece(self, words: Sequence[str], at: int) -> Piece:
        word = words[at]
        if not self._ended and word == "--" and self._grammar.terminator:
            self._ended = True
            return Piece(Kind.END, ("--",))
        if not self._ended and is_option(word):
            found = list(scan(self._grammar, words, at))
            taken = max(one.taken for one in found)
            return _option(self._grammar, tuple(words[at : at + taken]), found)
        if not self._operands and word in self._grammar.commands:
            self._path.append(word)
            self._grammar = self._grammar.commands[word][1]
            return Piece(Kind.SUBCOMMAND, (word,))
        self._operands += 1
        self._ended = self._ended or self._grammar.syntax == "posix"
        return Piece(Kind.OPERAND, (word,), value=word)


def _option(grammar: Grammar, words: tuple[str, ...], found: Sequence[Given]) -> Piece:
    """A flag, a cluster of flags, or an option with its value."""
    last = found[-1]
    role = last.option.role if last.option is not None else None
    if last.value is None:
        return Piece(Kind.FLAG, words, last.name, role=role)
    long = _long(grammar, last.name)
    return Piece(Kind.OPTION, words, last.name, long, last.value, role)


def _long(grammar: Grammar, name: str) -> str | None:
    """What a profile lists directly after `-n`, when that is a long option: `--max-count`."""
    if name.startswith("--"):
        return name
    groups = [grammar.level.options, *(grammar.groups.get(one, {}) for one in grammar.level.uses)]
    for names in (tuple(listed) for group in groups for listed in group.values()):
        bare = [one.rstrip("?=") for one in names]
        if name in bare[:-1] and bare[bare.index(name) + 1].startswith("--"):
            return bare[bare.index(name) + 1]
    return None


def _with_roles(grammar: Grammar, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, when it is known what each operand is."""
    known = Known(grammar)
    given = {one.name for one in pieces if one.kind in (Kind.FLAG, Kind.OPTION)}
    skipped = 1 if given.intersection(grammar.level.unless) else 0
    count = sum(one.kind is Kind.OPERAND for one in pieces) + skipped
    index = skipped
    after = None
    for piece in pieces:
        if piece.kind is Kind.END:
            after = (grammar.level.after or (None,))[0]
        if piece.kind is not Kind.OPERAND:
            yield piece
            continue
        if after is not None:
            yield replace(piece, role=after, repeats=True)
            continue
        role = known.operand_role(index, count)
        is_last = grammar.level.last is not None and index == count - 1
        repeats = (
            not is_last
            and not _ends_with_others(grammar, pieces)
            and index >= len(grammar.level.operands) - 1
        )
        yield replace(piece, role=_formed(grammar, str(piece.value)) or role, repeats=repeats)
        index += 1


def _ends_with_others(grammar: Grammar, pieces: Sequence[Piece]) -> bool:
    """Whether operands after `--` are something else than those before it."""
    return grammar.level.after is not None and any(one.kind is Kind.END for one in pieces)


def _formed(grammar: Grammar, word: str) -> Role | None:
    """What an operand is by how it begins: `if=`."""
    return next((one.role for form, one in grammar.forms.items() if word.startswith(form)), None)


def _by_shape(words: Sequence[str]) -> Iterator[Piece]:
    """Pieces of a program of which nothing is known."""
    at, ended = 0, False
    while at < len(words):
        word = words[at]
        after = words[at + 1] if at + 1 < len(words) else None
        if ended or not is_option(word):
            yield Piece(Kind.OPERAND, (word,), value=word)
        elif word == "--":
            ended = True
            yield Piece(Kind.END, (word,))
        elif found := _GUESSED.match(word):
            name = found[0].rstrip("=")
            yield Piece(Kind.OPTION, (word,), name, value=word[found.end() :])
        elif after is not None and _NUMBER.fullmatch(after):
            yield Piece(Kind.OPTION, (word, after), word, value=after)
            at += 1
        else:
            yield Piece(Kind.FLAG, (word,), word)
        at += 1
