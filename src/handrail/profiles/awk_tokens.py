"""The words of an awk program, as far as every awk splits it alike (POSIX awk, mawk, gawk)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t]+ | \\\n)
  | (?P<comment>\#[^\n]*)
  | (?P<newline>\n)
  | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
  | (?P<word>[A-Za-z_]\w*)
  | (?P<slash>/)
  | (?P<operator>>>|>=|<=|==|!=|!~|&&|\|\||\|&|\+\+|--|\*\*|::|[-+*%^=<>!~?:,;|$(){}\[\]])
    """,
    re.VERBOSE | re.ASCII,
)
_SET = r"\[\^?+\]?+(?:\[:[a-z]+:\]|\\[^\n]|[^][\\/\n])*+\]"
_PATTERN = re.compile(rf"/(?:{_SET}|\\[^\n]|[^][/\\\n])*+/")
"""No `/` inside brackets: some awks end the pattern there, and some do not."""
_STRANGE = re.compile(r"[^\t\n -~\u00a0-\ud7ff\ue000-\U0010ffff]")

_KEYWORDS = """
BEGIN BEGINFILE END ENDFILE atan2 break case close continue cos default delete exp fflush for func
function getline gsub if in index int length log match next nextfile rand sin split sprintf sqrt
srand sub substr switch system tolower toupper while
"""
_OPERATORS = "( , ; { } [ ! ~ !~ && || ? : = == != < <= > >= + - * % ^"

_WORDS_BEFORE_PATTERN = frozenset({"print", "printf", "return", "else", "do", "exit"})
_OPERATORS_BEFORE_PATTERN = frozenset(_OPERATORS.split())
_WORDS = _WORDS_BEFORE_PATTERN | frozenset(_KEYWORDS.split())
"""Words that are no variables, in one awk or another."""
_BEFORE_CONDITION = frozenset({"if", "while", "for", "switch"})
_JOINS_LINES = frozenset({",", "&&", "||", ";"})


class UnreadableError(Exception):
    """The program may mean one thing to one awk and another to the next."""


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a program; `)` after an `if` is of the kind `condition`."""

    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, outside strings and patterns."""
        return self.kind == "word" and self.text in words

    @property
    def is_variable(self) -> bool:
        """Whether it can be the name of a variable, in every awk."""
        return self.kind == "word" and self.text not in _WORDS

    @property
    def is_value(self) -> bool:
        """Whether it can end a value: a `/` that follows divides."""
        if self.kind == "operator":
            return self.text in {")", "]"}
        return self.is_variable or self.kind in {"number", "string"}

    @property
    def comes_before_pattern(self) -> bool:
        """Whether a `/` that follows begins a regular expression."""
        if self.kind == "operator":
            return self.text in _OPERATORS_BEFORE_PATTERN
        return self.kind == "newline" or self.is_word(*_WORDS_BEFORE_PATTERN)


START = Token("newline", "\n")


def tokens(program: str) -> Iterator[Token]:
    """The program's tokens, without space and comments.

    Raises `UnreadableError` where awks differ, and where no awk could read on.
    """
    if _STRANGE.search(program):
        raise UnreadableError("it has a character that is no text")
    before, at = START, 0
    are_conditions: list[bool] = []
    while at < len(program):
        token = _token(program, at, before)
        at += len(token.text)
        if token.kind in {"space", "comment"}:
            continue
        if token.text == "(":
            are_conditions.append(before.is_word(*_BEFORE_CONDITION))
        elif token.text == ")":
            token = _closed(are_conditions)
        elif token.kind == "newline" and are_conditions and before.text not in _JOINS_LINES:
            raise UnreadableError("it has a line that ends inside parentheses")
        yield token
        before = token


def _closed(are_conditions: list[bool]) -> Token:
    if not are_conditions:
        raise UnreadableError("it closes a parenthesis that is not open")
    return Token("condition" if are_conditions.pop() else "operator", ")")


def _token(program: str, at: int, before: Token) -> Token:
    found = _TOKEN.match(program, at)
    if found is None or found.lastgroup is None:
        raise UnreadableError(f"it cannot be read from {program[at : at + 20]!r} on")
    token = Token(found.lastgroup, found[0])
    if token.kind == "comment" and token.text.endswith("\\"):
        raise UnreadableError("it has a comment that ends with a backslash")
    return token if token.kind != "slash" else _slash(program, at, before)


def _slash(program: str, at: int, before: Token) -> Token:
    """A division or a regular expression: by what stands before."""
    if before.is_value:
        return Token("operator", "/")
    if not before.comes_before_pattern:
        raise UnreadableError(f"whether / divides after {before.text!r} depends on the awk")
    found = _PATTERN.match(program, at)
    if found is None:
        raise UnreadableError(f"{program[at : at + 20]!r}: where this ends depends on the awk")
    return Token("regex", found[0])
