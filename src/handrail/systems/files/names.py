"""Names that are never written, and names that cannot be given."""

from __future__ import annotations

import re

_REPOSITORY = ".git"
OURS = ".handrail"
"""The folder of our own state, also of the trash."""
# What file systems and terminals leave out of a name: HFS+ ignores these, and shows the rest.
_IGNORED = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff\u00ad]")
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")


def is_kept(name: str) -> bool:
    """Whether a name is that of a repository or of our state, however a file system folds it."""
    return _folded(name) in (_REPOSITORY, OURS, "git~1")


def is_ours(name: str) -> bool:
    """Whether a name is that of our own state."""
    return _folded(name) == OURS


def _folded(name: str) -> str:
    # Windows drops dots and spaces from the end, and what comes after a colon.
    plain = _IGNORED.sub("", name).casefold().partition(":")[0]
    return plain.rstrip(". ") if plain.strip(". ") else plain


def shown(name: str) -> str:
    r"""A name or path as JSON and terminals can show it: `a\nb`, `\xff` for what is no text."""
    return _UNSAYABLE.sub(_escaped, name)


def is_odd(name: str) -> bool:
    """Whether no caller can give this name."""
    return shown(name.replace("\\", "")) != name.replace("\\", "")


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()
