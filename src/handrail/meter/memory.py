"""Counting in the server's own memory, for as long as it runs."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import islice

from handrail.meter.store import Charge, Claim, Clock, Hit, Place, Refusal, steady_clock

_FORGOTTEN_AT_ONCE = 2
"""More than are new, so that what is over goes in the end, and no call waits for it."""


class MemoryStore:
    """Knows only counters whose time is not over: how many these are bounds its memory."""

    shared = False

    def __init__(self, now: Clock | None = None) -> None:
        self._now = now or steady_clock()
        # By the length of the stretch; who was hit last is last.
        self._hits: dict[float, OrderedDict[str, array[float]]] = {}
        # By the length and the number of the window, which are forgotten together.
        self._used: dict[tuple[int, int], dict[str, int]] = {}
        self._held: dict[str, set[str]] = {}

    async def take(self, claims: Sequence[Claim]) -> Refusal | None:
        """Take all, or none. Nothing else runs in between: nobody waits in here."""
        now = self._now()
        for claim in claims:
            wait = self._wait(claim, now)
            if wait is not None:
                return Refusal(claim, wait)
        for claim in claims:
            self._take(claim, now)
        self._forget(now)
        return None

    async def add(self, charges: Sequence[Charge]) -> None:
        """Count what was used already."""
        now = self._now()
        for charge in charges:
            self._take(charge, now)

    async def free(self, places: Sequence[Place]) -> None:
        """Give places back."""
        for place in places:
            held = self._held.get(place.name, set())
            held.discard(place.holder)
            if not held:
                self._held.pop(place.name, None)

    async def used(self, charges: Sequence[Charge]) -> Mapping[str, tuple[int, float]]:
        """How much is used, and for how long that counts."""
        now = self._now()
        return {one.name: (self._amount(one, now), one.seconds_left(now)) for one in charges}

    async def close(self) -> None:
        """Nothing: it holds nothing open."""

    def _wait(self, claim: Claim, now: float) -> float | None:
        """How long to wait for a claim that cannot be had now; None when it can."""
        match claim:
            case Hit(name, limit, seconds):
                hits = self._hits.get(seconds, OrderedDict()).get(name, array("d"))
                # Of more than `limit`, those count that were the last.
                first = hits[-limit] if len(hits) >= limit else None
                return None if first is None or first + seconds <= now else first + seconds - now
            case Charge(_, amount, limit, _):
                fits = self._amount(claim, now) + max(amount, 1) <= limit
                return None if fits else claim.seconds_left(now)
            case Place(name, limit, holder):
                held = self._held.get(name, set())
                return None if holder in held or len(held) < limit else 0.0

    def _take(self, claim: Claim, now: float) -> None:
        match claim:
            case Hit(name, limit, seconds):
                alike = self._hits.setdefault(seconds, OrderedDict())
                hits = alike.setdefault(name, array("d"))
                hits.append(now)
                del hits[:-limit]
                alike.move_to_end(name)
            case Charge(name, amount, _, seconds) if amount:
                window = self._used.setdefault((seconds, claim.window(now)), {})
                window[name] = window.get(name, 0) + amount
            case Charge():
                pass
            case Place(name, _, holder):
                self._held.setdefault(name, set()).add(holder)

    def _amount(self, charge: Charge, now: float) -> int:
        return self._used.get((charge.seconds, charge.window(now)), {}).get(charge.name, 0)

    def _forget(self, now: float) -> None:
        """Forget windows that are over, and of the oldest hits a few."""
        for length, number in list(self._used):
            if (number + 1) * length <= now:
                del self._used[length, number]
        for stretch, alike in self._hits.items():
            for name in list(islice(alike, _FORGOTTEN_AT_ONCE)):
                if alike[name][-1] + stretch <= now:
                    del alike[name]
