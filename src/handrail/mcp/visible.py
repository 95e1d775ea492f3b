"""Text that may lie becomes text on one line that a person can judge."""

from __future__ import annotations

import hashlib
import re

HEAD, TAIL = 240, 120
"""Characters that are shown of a long text."""

_BARE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
# Printable by their category, and yet nothing to see: fillers, joiners, variation selectors.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """`text` bare where that is plain, else in double quotes, with escapes for what hides.

    Controls, bidirectional and invisible characters become `\\u{...}`. Of a long text, head and
    tail are shown, with its size in bytes and its SHA-256.
    """
    if len(text) > HEAD + TAIL:
        return _shortened(text)
    return text if _BARE.fullmatch(text) else f'"{_escaped(text)}"'


def _shortened(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    head, tail = _escaped(text[:HEAD])[:HEAD], _escaped(text[-TAIL:])[-TAIL:]
    about = f"{len(raw):,} bytes in all, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    return f'"{head} … {tail}" [the middle is left out: {about}]'


def _escaped(text: str) -> str:
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if one in _NAMED:
        return _NAMED[one]
    if one.isprintable() and not _UNSEEN.match(one):
        return one
    return f"\\u{{{ord(one):x}}}"
