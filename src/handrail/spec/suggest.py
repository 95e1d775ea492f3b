"""The word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that is most like `word`, when one is like it at all."""
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "…"?` to end a message with, or nothing."""
    meant = closest(word, known)
    return f'; did you mean "{meant}"?' if meant else ""


def unmistakable(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` must be a misspelling of; None when there are others."""
    found = difflib.get_close_matches(word.lower(), list(known), n=2, cutoff=0.75)
    return found[0] if len(found) == 1 else None
