"""Large files for tests."""

from __future__ import annotations

from pathlib import Path

LINE_BYTES = 80
_BLOCK = 1000


def line(number: int) -> bytes:
    """The line that has `number` others before it, and says so in its first nine bytes."""
    return b"%09d%s\n" % (number, _FILLER)


def write_lines(path: Path, size: int = 200_000_000) -> int:
    """Write a file of about `size` bytes, in lines of 80; say how many lines. 1 s for each GB."""
    blocks = -(-size // (LINE_BYTES * _BLOCK))
    block = b"".join(b"@@@@@@%s" % line(number)[6:] for number in range(_BLOCK))
    with path.open("wb") as file:
        for each in range(blocks):
            file.write(block.replace(b"@@@@@@", b"%06d" % each))
    return blocks * _BLOCK


def write_sparse(path: Path, size: int = 2_000_000_000) -> None:
    """Write a file of `size` bytes that takes two blocks on disk: a line, a hole, and a line."""
    with path.open("wb") as file:
        file.write(line(0))
        file.seek(size - LINE_BYTES)
        file.write(line(1))


_FILLER = b" of many lines".ljust(LINE_BYTES - 10, b".")
