"""A text as blocks of whole lines in UTF-8, read once from its beginning."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator

BLOCK_BYTES = 4_194_304
LONGEST_LINE_BYTES = 16_777_216
_UTF_8 = codecs.BOM_UTF8
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Looked up now: once confined, the library cannot be read any more.
_DECODERS = {mark: codecs.getincrementaldecoder(name) for mark, name in _UTF_16.items()}


class NoText(ValueError):
    """A NUL, or a line of more than `LONGEST_LINE_BYTES`: it is a binary file."""


def blocks_of(file: int) -> Iterator[bytes]:
    """The text of an open file. UTF-16 is known by its byte order mark, which is left out.

    Each block ends with the end of a line, but for the last one. Raises `NoText`, maybe late.
    """
    left = b""
    for chunk in _chunks(file):
        if b"\0" in chunk:
            raise NoText
        end = chunk.rfind(b"\n") + 1
        if end:
            yield left + chunk[:end]
            left = chunk[end:]
        else:
            left += chunk
        if len(left) > LONGEST_LINE_BYTES:
            raise NoText
    if left:
        yield left


def _chunks(file: int) -> Iterator[bytes]:
    """The content in UTF-8."""
    first = os.read(file, BLOCK_BYTES)
    decoder = _DECODERS.get(first[:2])
    if decoder is None:
        yield first.removeprefix(_UTF_8)
        while chunk := os.read(file, BLOCK_BYTES):
            yield chunk
        return
    decode = decoder("replace").decode
    yield decode(first[2:]).encode()
    while chunk := os.read(file, BLOCK_BYTES):
        yield decode(chunk).encode()
    yield decode(b"", final=True).encode()
