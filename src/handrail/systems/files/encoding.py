"""How the bytes of a file become text: never by a guess."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from handrail.systems.files.refused import ARGUMENT_INVALID, Refused

NAMES = ("utf-8", "utf-16", "latin-1", "cp1252", "shift_jis", "gb18030")
"""What a caller can name."""
_MARKS = (
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
    (codecs.BOM_UTF8, "utf-8", 1),
)
# Looked up at once: codecs are modules, which cannot be read any more once we are confined.
_CODECS = {name: codecs.lookup(name) for name in {*NAMES, *(name for _, name, _ in _MARKS)}}


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` as Python knows it, the bytes of the byte order mark, and those of one unit."""

    name: str
    mark: int = 0
    unit: int = 1

    @property
    def newline(self) -> bytes:
        """The end of a line."""
        return "\n".encode(self.name)

    def decode(self, raw: bytes, *, ends: bool) -> tuple[str, int]:
        """The text of `raw`, and how many bytes it took: without `ends`, whole characters only.

        Raises `UnicodeDecodeError`.
        """
        decoder = _CODECS[self.name].incrementaldecoder("strict")
        text = decoder.decode(raw, ends)
        return text, len(raw) - len(decoder.getstate()[0])


def marked(head: bytes) -> Encoding | None:
    """The encoding that a file says it has, by the byte order mark that it begins with."""
    for mark, name, unit in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark), unit)
    return None


def named(name: str, head: bytes) -> Encoding:
    """The encoding that a caller names, for a file that begins so."""
    known = marked(head)
    if known is not None and known.name.startswith(name):
        return known
    return Encoding("utf-16-le", unit=2) if name == "utf-16" else Encoding(name)


def is_utf8(head: bytes, *, ends: bool) -> bool:
    """Whether bytes are text; without `ends`, a character may be cut off at their end."""
    try:
        Encoding("utf-8").decode(head, ends=ends)
    except UnicodeDecodeError:
        return False
    return True


def undecodable(name: str, where: str) -> Refused:
    """The refusal of a file that is not in the encoding `name`, from `where` on."""
    return Refused(
        ARGUMENT_INVALID,
        f"`path` is not {name}: {where}",
        field="encoding",
        hint='Give the encoding that it has; or format="binary".',
        allowed=list(NAMES),
    )
