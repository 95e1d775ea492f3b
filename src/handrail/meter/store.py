"""Where it is counted what was used: the same questions to memory, SQLite and Redis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Charge:
    """Some of a quota: `amount` of at most `limit` in the window of `seconds` that is now.

    `name` says what is counted and of whom: `calls:caller:alice`. A charge of nothing asks whether
    anything is left. The window belongs to the counter: another length is another counter.
    """

    name: str
    amount: int
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Why nothing was taken: the first charge that does not fit; later, it may."""

    charge: Charge
    retry_after_seconds: float


class Away(Exception):
    """The store does not answer; nothing is known of what was taken."""


class Store(Protocol):
    """Counts exactly: whatever happens at once, no quota is passed. Every method raises `Away`."""

    async def take(self, charges: Sequence[Charge]) -> Exhausted | None:
        """Take all of `charges`, or none when one does not fit."""

    async def add(self, charges: Sequence[Charge]) -> None:
        """Count what was used already, also beyond limits; less than nothing gives it back."""

    async def used(self, charges: Sequence[Charge]) -> list[int]:
        """How much of each is used in the window that is now."""

    async def hold(self, name: str, limit: int, holder: str) -> bool:
        """Take one of `limit` places for `holder`; False when they are all held.

        A place that is not held anew for a while is free again, for its holder may have died.
        """

    async def release(self, name: str, holder: str) -> None:
        """Give a place back; nothing when it is not held."""

    async def close(self) -> None:
        """Let go of what it holds open."""
