"""The pieces of an example command as `args`, `params` and an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from handrail.lint.programs import FILTERS
from handrail.scaffold.classify import Command, Kind, Piece
from handrail.scaffold.draft import Word
from handrail.scaffold.imports.wording import distinct, literal, param_name
from handrail.scaffold.value_keys import Value, value_of

_OPTIONAL = {"git", "ls", "find", "tree", "du", "rg", "fd", "pytest", "ruff", "mypy", "eslint"}
"""Programs that take the current folder when they are given no operands."""
_OPERANDS = {"path": ("path", "paths"), "URL": ("url", "urls")}


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

    def declared(self) -> Declared:
        """The whole command."""
        pieces = self.command.pieces
        self._words.append(Word(self.command.path[0], "program"))
        for number, piece in enumerate(pieces):
            self._piece(piece, pieces[number:])
        return Declared(
            self._args, self._params, self._example, tuple(self._words), self._description()
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
        name = distinct(param_name(piece.words[0]), self._names)
        self._args.append({"when": name, "args": [literal(word) for word in piece.words]})
        self._params[name] = {
            "type": "boolean",
            "default": False,
            "description": f"Add `{piece.words[0]}`.",
        }
        self._example[name] = True
        self._say(piece, "flag", name)

    def _option(self, piece: Piece) -> None:
        value = value_of(str(piece.value), piece.role)
        name = param_name(piece.long or piece.name)
        is_negative = piece.before[-1] == "" and str(piece.value).startswith("-")
        if value is None or is_negative or name in self.fixed:
            self._keep(piece, "option, as it is")
            return
        name = distinct(name, self._names)
        *first, last = map(literal, piece.before)
        self._args.append([*first, f"{last}{{{name}}}"])
        self._add(name, value, f"The value of `{piece.long or piece.name}`.")
        self._say(piece, f"option with {_a(value.meaning)}", name)

    def _operand(self, piece: Piece, rest: Sequence[Piece]) -> None:
        if self._many is not None:
            self._more(piece)
            return
        value = value_of(str(piece.value), piece.role)
        singular, plural = _OPERANDS.get(value.meaning if value else "", ("text", "texts"))
        repeats = piece.repeats and all(one.kind is Kind.OPERAND for one in rest)
        name = plural if repeats else singular
        if value is None or name in self.fixed or self._is_code(value):
            self._keep(piece, "argument, as it is")
            return
        name = distinct(name, self._names)
        if value.meaning == "path":
            self._end_options(rest)
        self._args.append(f"{{{name}}}")
        optional = repeats and self.command.path[0] in _OPTIONAL
        needed = {} if optional else {"required": True}
        many = {"repeat": True, "max_items": 50} if repeats else {}
        about = _about(value, self.command.path)
        self._params[name] = {**value.keys, **many, **needed, "description": about}
        self._example[name] = [value.example] if repeats else value.example
        self._many = name if repeats else None
        self._say(piece, value.meaning, name)

    def _is_code(self, value: Value) -> bool:
        """Whether what is done depends on the word: a target, a script, a filter."""
        if self.command.path[0] in FILTERS:
            return not self._operands_before
        return self.command.executes and value.meaning != "path"

    @property
    def _operands_before(self) -> bool:
        return any(word.meaning in ("path", "argument, as it is") for word in self._words)

    def _more(self, piece: Piece) -> None:
        """One more of the operands that a param takes all of."""
        listed = self._example[str(self._many)]
        value = value_of(str(piece.value), piece.role)
        is_alike = value is not None and type(value.example) is type(listed[0])
        listed.append(value.example if value is not None and is_alike else piece.value)
        self._say(piece, "one more", self._many)

    def _end_options(self, rest: Sequence[Piece]) -> None:
        """A path is after `--`, where that ends options and none follow."""
        last = all(one.kind is Kind.OPERAND for one in rest)
        if last and self.command.terminator and "--" not in self._args:
            self._args.append("--")

    def _add(self, name: str, value: Value, about: str) -> None:
        self._params[name] = {**value.keys, "description": about}
        self._example[name] = value.example

    def _description(self) -> str:
        command = " ".join(self.command.path)
        kept = [
            word.given for word in self._words if word.param is None and word.given.startswith("-")
        ]
        with_ = f" with {', '.join(f'`{one}`' for one in kept if one != '--')}" if kept else ""
        varies = ", ".join(f"`{name}`" for name in self._params)
        return f"Run `{command}`{with_}." + (f" Callers choose {varies}." if varies else "")


def _a(meaning: str) -> str:
    return meaning if meaning == "text" else f"{'an' if meaning[0] in 'aeio' else 'a'} {meaning}"


def _about(value: Value, path: Sequence[str]) -> str:
    command = " ".join(path)
    match value.meaning:
        case "path":
            return f"What `{command}` works on: files or folders of the workspace."
        case "URL":
            return "An address on the same host as the example's."
        case _:
            return f"What is given to `{command}`."
