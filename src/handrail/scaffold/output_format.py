"""Which form a command writes its results in, as far as its options say so."""

from __future__ import annotations

from collections.abc import Iterable

from handrail.scaffold.piece import Piece

_OPTIONS = {"-o", "--output", "--format", "--output-format"}
_FLAGS = {("npm", "--json"): "json", ("pnpm", "--json"): "json", ("rg", "--json"): "jsonl"}
_BY_LINES = {"docker", "podman"}
"""Programs that write an object to each line where they are asked for JSON."""


def is_format(name: str, value: str | None) -> bool:
    """Whether an option chooses the form; then callers may not, as `parse` relies on it."""
    return name in _OPTIONS and value == "json"


def parse_of(program: str, pieces: Iterable[Piece]) -> str | None:
    """The `parse` that the tool can have; None where nothing is known."""
    for piece in pieces:
        if found := _FLAGS.get((program, piece.words[0])):
            return found
        if is_format(piece.name, piece.value):
            return "jsonl" if program in _BY_LINES else "json"
    return None
