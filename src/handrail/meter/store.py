"""Where it is counted what is used: the same questions to memory, SQLite and Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

# Linux has a clock that goes on while the machine sleeps; elsewhere the monotonic one does.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
Clock = Callable[[], float]
"""Seconds since the epoch."""


def steady_clock() -> Clock:
    """The time of day as of now, going on evenly from here, whoever sets the machine's clock."""
    offset = time.time() - time.clock_gettime(_STEADY)
    return lambda: offset + time.clock_gettime(_STEADY)


@dataclass(frozen=True, slots=True)
class Hit:
    """One more of at most `limit` in any stretch of `seconds`."""

    name: str
    limit: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Charge:
    """`amount` more of at most `limit` in the window of `seconds` that is now.

    A charge of nothing asks whether anything is left. Windows begin at multiples of their length
    since the epoch. Another length is another counter.
    """

    name: str
    amount: int
    limit: int
    seconds: int

    def window(self, now: float) -> int:
        """The number of the window that is now."""
        return int(now // self.seconds)

    def seconds_left(self, now: float) -> float:
        """Until the next window begins."""
        return self.seconds - now % self.seconds


@dataclass(frozen=True, slots=True)
class Place:
    """One of `limit` places, for `holder`, until it is given back or its holder falls silent."""

    name: str
    limit: int
    holder: str


Claim = Hit | Charge | Place
"""What a call wants of a store. `name` says what, and of whom: `calls:caller:alice`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The first claim that could not be had, and when it is worth trying again."""

    claim: Claim
    retry_after_seconds: float


class Away(Exception):
    """The store does not answer; nothing is known of what was taken."""


class Store(Protocol):
    """Counts exactly: whatever happens at once, no limit is passed. Every method raises `Away`."""

    shared: bool
    """Whether several servers count in it together."""

    async def take(self, claims: Sequence[Claim]) -> Refusal | None:
        """Take all that is claimed, or nothing when one part cannot be had."""

    async def add(self, charges: Sequence[Charge]) -> None:
        """Count what was used already, be it beyond the limit."""

    async def free(self, places: Sequence[Place]) -> None:
        """Give places back."""

    async def used(self, charges: Sequence[Charge]) -> Mapping[str, tuple[int, float]]:
        """How much is used, by name, and for how many seconds that counts."""

    async def close(self) -> None:
        """Let go of what it holds open."""
