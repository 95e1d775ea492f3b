"""The lines of an audit, oldest first, over all its files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from handrail.record.audit.lock import Lock
from handrail.record.audit.place import Place

_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """A line where it was found: without its end, and whether it had one."""

    raw: bytes
    path: Path
    number: int
    """From 1 in its file."""
    is_whole: bool = True

    def __str__(self) -> str:
        return f"{self.path.name}:{self.number}"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an audit, open, as far as it had been written when it was opened."""

    path: Path
    first: int | None
    """Its first number, by its name; None for the file that is written to."""
    file: BinaryIO
    size: int

    def lines(self, offset: int = 0) -> Iterator[Found]:
        """Its lines from `offset`, where one must begin."""
        self.file.seek(offset)
        left = self.size - offset
        number = 0
        while left > 0 and (raw := self.file.readline(left)):
            left, number = left - len(raw), number + 1
            yield Found(raw.removesuffix(b"\n"), self.path, number, raw.endswith(b"\n"))


@contextmanager
def snapshot(place: Place) -> Iterator[tuple[bytes, list[Part]]]:
    """The head and all files, as they are between two writes. Raises `OSError`."""
    with ExitStack() as stack, place.head.open("rb") as head:
        with Lock(head.fileno()).held(_PATIENCE_SECONDS):
            raw = head.read()
            parts = open_parts(stack, place)
        yield raw, parts


def open_parts(stack: ExitStack, place: Place) -> list[Part]:
    """All files of the audit that are there, oldest first. Raises `OSError`."""
    parts = []
    for first, path in place.files():
        try:
            file = stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            continue
        parts.append(Part(path, first, file, os.fstat(file.fileno()).st_size))
    return parts


def lines(parts: Iterable[Part]) -> Iterator[Found]:
    """Every line of these files."""
    for part in parts:
        yield from part.lines()
