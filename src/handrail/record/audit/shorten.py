"""Long words keep their ends, so that no call can make its records as large as it likes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_MOST_KEPT = 4096
"""Characters that are kept of a long text."""
_MOST_WORDS, _MOST_CHARACTERS = 1024, 65_536
"""Of all commands of a call."""


def shorten(text: str, most: int = _MOST_KEPT) -> str:
    """`text`; of one of more than `most` characters its ends, its size and its SHA-256."""
    if len(text) <= most:
        return text
    tail = most // 4
    raw = text.encode("utf-8", "surrogatepass")
    about = f"{len(raw):,} bytes in all, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    return f"{text[: most - tail]} … {text[-tail:]} [{about}]"


class Room:
    """What the words of one call may take up together."""

    def __init__(self, words: int = _MOST_WORDS, characters: int = _MOST_CHARACTERS) -> None:
        self._words, self._characters = words, characters

    def words(self, given: Iterable[str]) -> list[str]:
        """`given` as far as there is room, each shortened; then how many more there are."""
        kept: list[str] = []
        left_out = 0
        for word in given:
            short = shorten(word)
            if left_out or not self._takes(short):
                left_out += 1
            else:
                kept.append(short)
        return [*kept, f"… [{left_out:,} more words]"] if left_out else kept

    def _takes(self, word: str) -> bool:
        if self._words < 1 or self._characters < len(word):
            return False
        self._words -= 1
        self._characters -= len(word)
        return True
