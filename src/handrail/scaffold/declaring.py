"""The pieces of an example command as `args`, `params` and an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handrail.lint.programs import FILTERS
from handrail.profiles.role import Role
from handrail.scaffold.describing import (
    about_flag,
    about_operand,
    about_option,
    about_tool,
    with_article,
)
from handrail.scaffold.draft import AS_IT_IS, Word
from handrail.scaffold.effects import decides
from handrail.scaffold.imports.wording import distinct, literal
from handrail.scaffold.output_format import is_format
from handrail.scaffold.param_names import flag_name, operand_name, option_name
from handrail.scaffold.piece import Command, Kind, Piece
from handrail.scaffold.value_keys import Value, alike, as_one_of, value_of

_OPTIONAL = {"git", "ls", "find", "tree", "du", "rg", "fd", "pytest", "ruff", "mypy", "eslint"}
"""Programs that take the current folder when they are given no operands."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a tool's table says of its command."""

    args: list[Any]
    params: dict[str, Any]
    example: dict[str, Any]
    words: tuple[Word, ...]
    description: str


@dataclass
class Declaring:
    """One command, declared piece by piece.

    `fixed` are names of params that are to be none; `flags` are flags that callers may leave out.
    """

    command: Command
    fixed: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    _args: list[Any] = field(default_factory=list)
    _params: dict[str, Any] = field(default_factory=dict)
    _example: dict[str, Any] = field(default_factory=dict)
    _words: list[Word] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _many: str | None = None
    """The param that takes all operands from here on."""
    _item: Value | None = None
    """What each of its items is."""

    def declared(self) -> Declared:
        """The whole command."""
        pieces = self.command.pieces
        self._words.append(Word(self.command.path[0], "program"))
        for number, piece in enumerate(pieces):
            self._piece(piece, pieces[number:])
        return Declared(
            self._args,
            self._params,
            self._example,
            tuple(self._words),
            about_tool(self.command.path, self._words, self._params),
        )

    def _piece(self, piece: Piece, rest: Sequence[Piece]) -> None:
        match piece.kind:
            case Kind.FLAG if piece.words[0] in self.flags:
                self._switch(piece)
            case Kind.OPTION:
                self._option(piece)
            case Kind.OPERAND:
                self._operand(piece, rest)
            case _:
                self._keep(piece)

    def _keep(self, piece: Piece, meaning: str = "") -> None:
        self._args += map(literal, piece.words)
        self._say(piece, meaning or str(piece.kind))

    def _say(self, piece: Piece, meaning: str, param: str | None = None) -> None:
        self._words.append(Word(" ".join(piece.words), meaning, param))

    def _switch(self, piece: Piece) -> None:
        name = distinct(flag_name(piece), self._names)
        self._args.append({"when": name, "args": [literal(word) for word in piece.words]})
        self._params[name] = {
            "type": "boolean",
            "default": False,
            "description": about_flag(piece),
        }
        self._example[name] = True
        self._say(piece, "flag", name)

    def _option(self, piece: Piece) -> None:
        value = value_of(str(piece.value), piece.role)
        name = distinct(option_name(piece, self.command.path), self._names)
        stays = name in self.fixed or decides(piece.name) or is_format(piece.name, piece.value)
        if value is None or stays or _looks_like_option(piece, value):
            self._keep(piece, "option, as it is")
            return
        *first, last = map(literal, piece.before)
        self._args.append([*first, f"{last}{{{name}}}"])
        self._add(name, value, about_option(piece))
        self._say(piece, f"option with {with_article(value.meaning)}", name)

    def _operand(self, piece: Piece, rest: Sequence[Piece]) -> None:
        value = value_of(str(piece.value), piece.role)
        if value is None or self._is_code(value) or _looks_like_option(piece, value):
            self._many = None  # what comes after it must stay after it
            self._keep(piece, AS_IT_IS)
            return
        if self._many is not None and piece.repeats:
            self._more(piece)
            return
        common = _in_common(rest)
        self._many = None
        name = operand_name(piece, value.meaning, self.command.path, many=common is not None)
        name = distinct(name, self._names)
        if common is not None:
            self._many, self._item = name, common
        if name in self.fixed:
            self._keep(piece, AS_IT_IS)
            return
        if value.meaning == "path":
            self._end_options(rest)
        self._declare(piece, name, common or value)
        self._say(piece, value.meaning, name)

    def _declare(self, piece: Piece, name: str, value: Value) -> None:
        """A param for an operand, or for all from here on."""
        optional = self.command.path[0] in _OPTIONAL
        about = about_operand(name, value, self.command.path)
        if self._many is not None:
            self._args.append(f"{{{name}}}")
            more = {"repeat": True, "max_items": 50} | ({} if optional else {"required": True})
            self._example[name] = [as_one_of(value, str(piece.value))]
        elif optional and piece.role is Role.MAYBE:
            self._args.append([f"{{{name}}}"])
            more, self._example[name] = {}, value.example
        else:
            self._args.append(f"{{{name}}}")
            more, self._example[name] = {"required": True}, value.example
        self._params[name] = {**value.keys, **more, "description": about}

    def _is_code(self, value: Value) -> bool:
        """Whether what is done depends on the word: a target, a script, a filter."""
        if self.command.path[0] in FILTERS:
            return not self._operands_before
        return self.command.executes and value.meaning != "path"

    @property
    def _operands_before(self) -> bool:
        return any(word.meaning in ("path", AS_IT_IS) for word in self._words)

    def _more(self, piece: Piece) -> None:
        """One more of the operands that a param takes all of."""
        if self._many is None or self._item is None or self._many in self.fixed:
            self._keep(piece, AS_IT_IS)
            return
        self._example[self._many].append(as_one_of(self._item, str(piece.value)))
        self._say(piece, "one more", self._many)

    def _end_options(self, rest: Sequence[Piece]) -> None:
        """A path is after `--`, where that ends options and none follow."""
        last = all(one.kind is Kind.OPERAND for one in rest)
        if last and self.command.terminator and "--" not in self._args:
            self._args.append("--")

    def _add(self, name: str, value: Value, about: str) -> None:
        self._params[name] = {**value.keys, "description": about}
        self._example[name] = value.example


def _in_common(rest: Sequence[Piece]) -> Value | None:
    """What all operands from here on are; None when they are no list of one kind."""
    if not rest[0].repeats or any(one.kind is not Kind.OPERAND for one in rest):
        return None
    return alike([value_of(str(one.value), one.role) for one in rest if one.repeats])


def _looks_like_option(piece: Piece, value: Value) -> bool:
    """Whether it begins with a dash where no caller's value may."""
    stands_alone = piece.before[-1] == ""
    return value.meaning != "path" and stands_alone and str(piece.value).startswith("-")
