"""Numbers that were expected and have not come, as ranges."""

from __future__ import annotations

from collections.abc import Iterator


class Missing:
    """Ranges of numbers, each with where they were missed."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int, str]] = []

    def __iter__(self) -> Iterator[tuple[int, int, str]]:
        """First, last and where of each range, in order."""
        return iter(sorted(self._ranges))

    def add(self, first: int, last: int, where: str) -> None:
        """Miss the numbers from `first` to `last`, if there are any."""
        if first <= last:
            self._ranges.append((first, last, where))

    def take(self, number: int) -> bool:
        """Miss `number` no longer; whether it was missed."""
        for at, (first, last, where) in enumerate(self._ranges):
            if first <= number <= last:
                del self._ranges[at]
                self.add(first, number - 1, where)
                self.add(number + 1, last, where)
                return True
        return False

    def take_first(self) -> int | None:
        """Miss the lowest number no longer; None when none is missed."""
        first = min((first for first, _, _ in self._ranges), default=None)
        if first is not None:
            self.take(first)
        return first
