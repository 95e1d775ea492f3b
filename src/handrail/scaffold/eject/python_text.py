"""Plain data as Python source, laid out as formatters lay it out.

Everything is written by its value: no text of a server file can become code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 100
"""Columns of a line."""
_INDENT = "    "
_ROOM = 8
"""Columns that a string keeps free for quotes, a comma and brackets."""


@dataclass(frozen=True, slots=True)
class Table:
    """A call with keywords: `Param(type="path")`; a table of a server file."""

    name: str
    entries: Mapping[str, object]


def literal(value: object, depth: int = 0, taken: int = 0) -> str:
    """`value` as source, at `depth` levels of indentation.

    `taken` is how many columns stand before it and after it in its first line.
    """
    line = _line(value)
    fits = line is not None and depth * len(_INDENT) + taken + len(line) <= WIDTH
    if line is not None and (fits or not value):
        return line
    match value:
        case str():
            return _long_text(value, depth)
        case Table(name, entries):
            return _block(f"{name}(", ")", _keywords(entries, depth + 1), depth)
        case Mapping():
            return _block("{", "}", _pairs(value, depth + 1), depth)
        case Sequence():
            items = (literal(item, depth + 1, taken=1) for item in value)
            return _block("[", "]", items, depth)
        case _:
            return repr(value).replace("e+", "e")


def assigned(name: str, value: object, kind: str = "") -> str:
    """`NAME = value`, as a line of a module or several; with `kind`, `NAME: kind = value`."""
    head = f"{name}: {kind} = " if kind else f"{name} = "
    return f"{head}{literal(value, taken=len(head))}\n"


def quoted(text: str) -> str:
    """A string in quotes, raw where that saves backslashes."""
    quote = '"' if text.count('"') <= text.count("'") else "'"
    if _reads_better_raw(text, quote):
        return f"r{quote}{text}{quote}"
    # With both kinds of quotes in it, repr escapes a known one.
    inner = repr(text + "'\"")[1:-1].replace("\\'", "'").removesuffix("'\"")
    return f"{quote}{inner.replace(quote, chr(92) + quote)}{quote}"


def _reads_better_raw(text: str, quote: str) -> bool:
    """Whether it has backslashes, and none that a raw string cannot have or formatters change."""
    if "\\" not in text or quote in text or not text.isprintable():
        return False
    return not any(text.endswith("\\") or f"\\{one}" in text for one in "'\"")


def _line(value: object) -> str | None:
    """`value` in one line; None for text that has several."""
    match value:
        case str():
            return quoted(value)
        case Table(name, entries):
            return _joined(f"{name}(", ")", [(f"{key}=", one) for key, one in entries.items()])
        case Mapping():
            return _joined("{", "}", [(f"{quoted(key)}: ", one) for key, one in value.items()])
        case Sequence():
            return _joined("[", "]", [("", one) for one in value])
        case _:
            return repr(value).replace("e+", "e")


def _joined(opening: str, closing: str, entries: Sequence[tuple[str, object]]) -> str | None:
    parts = [(head, _line(value)) for head, value in entries]
    if any(text is None for _, text in parts):
        return None
    return f"{opening}{', '.join(f'{head}{text}' for head, text in parts)}{closing}"


def _block(opening: str, closing: str, items: Iterator[str], depth: int) -> str:
    inner = "".join(f"{_INDENT * (depth + 1)}{item},\n" for item in items)
    return f"{opening}\n{inner}{_INDENT * depth}{closing}"


def _keywords(entries: Mapping[str, object], depth: int) -> Iterator[str]:
    for key, value in entries.items():
        yield f"{key}={literal(value, depth, taken=len(key) + 2)}"


def _pairs(entries: Mapping[str, object], depth: int) -> Iterator[str]:
    for key, value in entries.items():
        head = f"{quoted(key)}: "
        yield f"{head}{literal(value, depth, taken=len(head) + 1)}"


def _long_text(text: str, depth: int) -> str:
    """Text that is too long for its line: in pieces, one below the other."""
    inner = _INDENT * (depth + 1)
    pieces = list(_pieces(text, WIDTH - len(inner) - _ROOM))
    if len(inner) + len(quoted(text)) <= WIDTH:
        pieces = [text]  # only what stands before it made it too long
    elif len(pieces) == 1:
        return quoted(text)
    lines = "".join(f"{inner}{quoted(piece)}\n" for piece in pieces)
    return f"(\n{lines}{_INDENT * depth})"


def _pieces(text: str, width: int) -> Iterator[str]:
    """`text` cut after line breaks and spaces, into pieces that fit where there are any."""
    for line in text.splitlines(keepends=True):
        piece = ""
        for word in _words(line):
            if piece and len(quoted(piece + word)) > width:
                yield piece
                piece = ""
            piece += word
        yield piece


def _words(line: str) -> Iterator[str]:
    start = 0
    for index, character in enumerate(line[:-1]):
        if character == " " and line[index + 1] != " ":
            yield line[start : index + 1]
            start = index + 1
    yield line[start:]
