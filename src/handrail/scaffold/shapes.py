"""The pieces of a command of which nothing is known, by how its words look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.profiles.scan import is_option
from handrail.scaffold.piece import Kind, Piece

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_ASSIGNED = re.compile(r"--?[A-Za-z][\w-]*=")


def by_shape(words: Sequence[str]) -> Iterator[Piece]:
    """Flags, options whose values show, and operands."""
    at, ended = 0, False
    while at < len(words):
        word = words[at]
        after = words[at + 1] if at + 1 < len(words) else None
        if ended or not is_option(word):
            yield Piece(Kind.OPERAND, (word,), value=word)
        elif word == "--":
            ended = True
            yield Piece(Kind.END, (word,))
        elif found := _ASSIGNED.match(word):
            name = found[0].rstrip("=")
            yield Piece(Kind.OPTION, (word,), name, value=word[found.end() :])
        elif after is not None and _NUMBER.fullmatch(after):
            yield Piece(Kind.OPTION, (word, after), word, value=after)
            at += 1
        else:
            yield Piece(Kind.FLAG, (word,), word)
        at += 1
