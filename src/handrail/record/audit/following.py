"""The records of an audit for people: one for each call that has ended or was lost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from handrail.record.audit.chain import Line
from handrail.record.audit.place import Place
from handrail.record.audit.reading import lines, open_parts

Facts = dict[str, Any]
_RECORDS = ("end", "lost", "gap")
_PAUSE_SECONDS = 0.2


def told(place: Place) -> Iterator[Facts]:
    """All of them, oldest first. Whether they are genuine, `verify` tells. Raises `OSError`."""
    with ExitStack() as stack:
        for found in lines(open_parts(stack, place)):
            yield from _record(found.raw)


def follow(place: Place) -> Iterator[Facts]:
    """Those that come from now on, also in the next file; without an end."""
    file = _at_end(place.file)
    try:
        while True:
            if raw := _whole_line(file):
                yield from _record(raw)
            elif _is_full(file, place.file):
                file.close()
                file = place.file.open("rb")
            else:
                time.sleep(_PAUSE_SECONDS)
    finally:
        file.close()


def _at_end(path: Path) -> BinaryIO:
    file = path.open("rb")
    file.seek(0, os.SEEK_END)
    return file


def _whole_line(file: BinaryIO) -> bytes:
    """The next line; nothing as long as it is not written to its end."""
    at = file.tell()
    raw = file.readline()
    if raw.endswith(b"\n"):
        return raw[:-1]
    file.seek(at)
    return b""


def _is_full(file: BinaryIO, path: Path) -> bool:
    """Whether another file has come to its place, and it has nothing more."""
    try:
        is_other = not os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False  # it is just being renamed
    return is_other and file.tell() == os.fstat(file.fileno()).st_size


def _record(raw: bytes) -> Iterator[Facts]:
    line = Line.read(raw)
    try:
        facts = None if line is None else line.facts
    except ValueError:
        return
    if facts is not None and facts.get("kind") in _RECORDS:
        yield facts
