"""An example command, taken apart: what each of its words is to the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handrail.profiles.grammar import Grammar
from handrail.profiles.profile import Profile
from handrail.profiles.role import Role
from handrail.profiles.scan import Given, is_option, scan
from handrail.scaffold.imports.help_roles import Known
from handrail.scaffold.piece import Command, Kind, Piece
from handrail.scaffold.shapes import by_shape

_ATTACHED = {"journalctl", "npm", "ruff"}
"""Programs that take values as words of their own where their profiles know attached ones."""


def taken_apart(program: str, words: Sequence[str], profile: Profile | None) -> Command:
    """The arguments `words` of a program, by its profile, or by their shapes."""
    if profile is None:
        pieces = tuple(by_shape(words))
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
            if self._operands and self._grammar.syntax == "posix":
                # These are up to what the program was told to run.
                self._pieces += by_shape(words[at:])
                break
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
            return self._option(words, at)
        if at == 0 and self._grammar.level.bundle and word.isalpha():
            return _bundle(self._grammar, words)
        if not self._operands and word in self._grammar.commands:
            self._path.append(word)
            self._grammar = self._grammar.commands[word][1]
            return Piece(Kind.SUBCOMMAND, (word,))
        self._operands += 1
        return Piece(Kind.OPERAND, (word,), value=word)

    def _option(self, words: Sequence[str], at: int) -> Piece:
        found = list(scan(self._grammar, words, at))
        last, end = found[-1], at + max(one.taken for one in found)
        after = words[end : end + 1]
        value_may_follow = last.option is None or (
            self._path[0] in _ATTACHED and last.option.attached
        )
        if value_may_follow and last.value is None and after and not is_option(after[0]):
            return Piece(Kind.KEPT, (*words[at:end], *after), last.name)
        if last.option is None:
            return Piece(Kind.KEPT, tuple(words[at:end]), last.name)
        return _option(self._grammar, tuple(words[at:end]), found)


def _bundle(grammar: Grammar, words: Sequence[str]) -> Piece:
    """Switches without a dash, and their values one after another: `tar xzf a.tgz`."""
    options = [grammar.options.get(f"-{letter}") for letter in words[0]]
    values = sum(one is not None and one.takes_value and not one.attached for one in options)
    return Piece(Kind.KEPT, tuple(words[: 1 + values]))


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
        after = bare[bare.index(name) + 1] if name in bare[:-1] else ""
        # A neighbour that has not even its letter is another option.
        if after.startswith("--") and name[-1].lower() in after:
            return after
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
