"""What a native program says of itself: which loader and libraries it needs (elf(5))."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"\x7fELF\x02\x01"
"""64 bits, little-endian: all machines that commands are confined on."""

_HEADER = struct.Struct("<32xQ14xHH6x")
_SEGMENT = struct.Struct("<I4xQQ8xQ16x")
_ENTRY = struct.Struct("<qQ")
_LOADED, _DYNAMIC, _LOADER = 1, 2, 3
_NEEDED, _STRINGS, _RPATH, _RUNPATH = 1, 5, 15, 29
_MOST_BYTES = 1 << 20
"""Of one table: a file that says more is none of a compiler's."""


@dataclass(frozen=True, slots=True)
class Linking:
    """`loader` is a path, `libraries` are mostly names, looked for in `folders`."""

    loader: str
    libraries: tuple[str, ...]
    folders: tuple[str, ...]


def linking(program: Path) -> Linking | None:
    """What `program` is linked with; None when it is not native, or cannot be understood."""
    try:
        with program.open("rb", buffering=0) as file:
            return _Image(file.fileno()).linking()
    except (OSError, ValueError, struct.error):
        return None


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


class _Image:
    """An open ELF file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        header = self._read(0, _HEADER.size)
        if not header.startswith(_MAGIC):
            raise ValueError("no ELF of 64 bits")
        table_at, size, count = _HEADER.unpack(header)
        table = self._read(table_at, size * count)
        self._segments = [
            _Segment(*_SEGMENT.unpack_from(table, size * index)) for index in range(count)
        ]

    def linking(self) -> Linking:
        entries = [entry for table in self._all(_DYNAMIC) for entry in _ENTRY.iter_unpack(table)]
        strings = {tag: value for tag, value in entries}.get(_STRINGS, 0)
        start = self._offset_of(strings)

        def values(wanted: int) -> tuple[str, ...]:
            return tuple(self._text(start + value) for tag, value in entries if tag == wanted)

        folders = ":".join(values(_RUNPATH) or values(_RPATH))
        loader = b"".join(self._all(_LOADER)).rstrip(b"\0")
        return Linking(
            loader=os.fsdecode(loader),
            libraries=values(_NEEDED),
            folders=tuple(folder for folder in folders.split(":") if folder),
        )

    def _all(self, kind: int) -> list[bytes]:
        found = (segment for segment in self._segments if segment.kind == kind)
        return [self._read(segment.offset, segment.size) for segment in found]

    def _offset_of(self, address: int) -> int:
        """Where in the file lies what will be at `address` in memory."""
        for segment in self._segments:
            if segment.kind == _LOADED and 0 <= address - segment.address < segment.size:
                return address - segment.address + segment.offset
        return 0

    def _text(self, offset: int) -> str:
        return os.fsdecode(self._read(offset, 4096).partition(b"\0")[0])

    def _read(self, offset: int, size: int) -> bytes:
        if size > _MOST_BYTES:
            raise ValueError("a table larger than any compiler makes")
        return os.pread(self._descriptor, size, offset)
