"""Names that are never written, and names that cannot be given."""

from __future__ import annotations

import re

_REPOSITORY = ".git"
OURS = ".handrail"
"""The folder of our own state, also of the trash."""
DRAFT = ".handrail-draft"
"""What is being written, for a moment, in a folder that is locked."""
# Default_Ignorable_Code_Point of Unicode 15: file systems that fold case (ext4, f2fs, HFS+, APFS)
# leave these out when they compare names.
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\"}
_ESCAPED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\\]")


def is_kept(name: str) -> bool:
    """Whether a name is that of a repository or of our state, however a file system folds it."""
    return _folded(name) in (_REPOSITORY, "git~1") or is_ours(name)


def is_ours(name: str) -> bool:
    """Whether a name is that of our own state, or of what we are about to write."""
    return _folded(name) in (OURS, DRAFT)


def is_below(place: str, tree: str) -> bool:
    """Whether `place` is `tree` or lies in it, however a file system folds them; `.` holds all."""
    here, there = folded(place), folded(tree)
    return there in (".", here) or here.startswith(f"{there}/")


def folded(place: str) -> str:
    """A path by which two that some file system takes for one are equal."""
    return "/".join(map(_folded, place.split("/")))


def _folded(name: str) -> str:
    # Windows drops dots and spaces from the end, and what comes after a colon.
    plain = _IGNORED.sub("", name).casefold().partition(":")[0]
    return plain.rstrip(". ") if plain.strip(". ") else plain


def shown(name: str) -> str:
    r"""A name or path as JSON and terminals can show it: `a\nb`, `\xff` for what is no text.

    What a caller can give stays as it is, a backslash too.
    """
    return _ESCAPED.sub(_escaped, name) if is_odd(name) else name


def is_odd(name: str) -> bool:
    """Whether no caller can give this name."""
    return _UNSAYABLE.search(name) is not None


def _escaped(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    # Not by the codec, which would be imported now: once confined, nothing can be read for that.
    return _NAMED.get(character) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")
