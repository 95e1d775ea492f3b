"""A command's bytes become text that is safe to show, with every change marked."""

from __future__ import annotations

import re
from dataclasses import dataclass

# ECMA-48: CSI; OSC; DCS, SOS, PM and APC strings; the two-character escapes.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    r"|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?"
)
_C0 = {n: 0x2400 + n for n in range(0x20) if chr(n) not in "\t\n\r"} | {0x7F: 0x2421}
# C1 controls, and characters that hide or reorder the text around them.
_HIDDEN = re.compile("[\x80-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_LONGEST_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Clean:
    """Safe text. `marks` counts, by name, what was changed."""

    text: str
    marks: dict[str, int]


def clean(raw: bytes) -> Clean:
    """UTF-8 text without anything that acts on a terminal or hides from a reader.

    Invalid bytes become U+FFFD; escape sequences are taken out; control characters become
    their pictures (NUL is ␀); C1, bidirectional and tag characters become `\\u{...}`. Line ends
    become `\\n`.
    """
    text = raw.decode("utf-8", "replace")
    invalid = text.count("\ufffd") - raw.count("\ufffd".encode())
    text, escapes = _ESCAPES.subn("", text)
    safe = visible(text.replace("\r\n", "\n").replace("\r", "\n"))
    counts = {"invalid bytes": invalid, "escape sequences": escapes}
    marks = {name: count for name, count in counts.items() if count}
    return Clean(safe.text, marks | safe.marks)


def visible(text: str) -> Clean:
    """Text in which everything can be seen that acts on a terminal or hides from a reader.

    Nothing is taken out: control characters become their pictures (ESC is ␛); C1,
    bidirectional and tag characters become `\\u{...}`. Tabs and line ends stay.
    """
    pictured = text.translate(_C0)
    controls = sum(a != b for a, b in zip(text, pictured, strict=True)) if text != pictured else 0
    shown, hidden = _HIDDEN.subn(lambda found: f"\\u{{{ord(found[0]):x}}}", pictured)
    count = controls + hidden
    return Clean(shown, {"control characters": count} if count else {})


def whole_start(raw: bytes) -> bytes:
    """`raw` without a character that was cut at its end."""
    for back in range(1, min(_LONGEST_CHARACTER, len(raw)) + 1):
        byte = raw[-back]
        if byte & 0xC0 == 0xC0:
            return raw[:-back] if back < _length(byte) else raw
        if byte & 0x80 == 0:
            return raw
    return raw


def whole_end(raw: bytes) -> bytes:
    """`raw` without the rest of a character that was cut at its start."""
    for at in range(min(_LONGEST_CHARACTER, len(raw))):
        if raw[at] & 0xC0 != 0x80:
            return raw[at:]
    return raw


def _length(first: int) -> int:
    """Bytes of the UTF-8 character that starts with `first`."""
    return 2 if first < 0xE0 else 3 if first < 0xF0 else 4
