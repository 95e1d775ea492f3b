"""A page of results: after so many that are skipped, so many that are told."""

from __future__ import annotations

import json
from collections.abc import Callable

PAGE_CHARACTERS = 40_000
"""The most that a page's results may come to as JSON, whatever its limit; some 10,000 tokens."""

Result = dict[str, object]


class Results:
    """What was found, in an order that stays, from `offset` on and `limit` at most."""

    def __init__(self, offset: int, limit: int) -> None:
        self._offset = offset
        self._limit = limit
        self._characters = 0
        self._seen = 0
        self.items: list[Result] = []
        self.is_over = False

    @property
    def left_to_skip(self) -> int:
        """Results before the page that have not been seen yet."""
        return max(0, self._offset - self._seen)

    @property
    def room(self) -> int:
        """Results that the page may still take."""
        return self._limit - len(self.items)

    def skip(self, count: int) -> None:
        """Pass over results, at most those that are `left_to_skip`."""
        self._seen += min(count, self.left_to_skip)

    def offer(self, make: Callable[[], Result]) -> None:
        """One more result, which is only made when it is for this page."""
        if self.left_to_skip:
            self._seen += 1
        elif self.room and self._characters < PAGE_CHARACTERS:
            item = make()
            self.items.append(item)
            self._characters += len(json.dumps(item))
        else:
            self.is_over = True

    def told(self, name: str, *, is_late: bool) -> Result:
        """The page, called `name`, and where the next one begins.

        What there was no time for may be on the next page, unless this one has nothing.
        """
        following = {"offset": self._offset + len(self.items)}
        goes_on = self.is_over or (is_late and bool(self.items))
        return {
            name: self.items,
            **({"incomplete": True} if is_late else {}),
            **({"next": following} if goes_on else {}),
        }
