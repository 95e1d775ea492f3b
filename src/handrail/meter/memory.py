"""Counting in the server's own memory, for as long as it runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from handrail.meter.store import Charge, Claim, Clock, Hit, Place, Refusal, steady_clock

_FEWEST = 1_000
"""Counters of which none is forgotten before its time."""


class MemoryStore:
    """Knows only counters whose time is not over: how many these are bounds its memory."""

    shared = False

    def __init__(self, now: Clock | None = None) -> None:
        self._now = now or steady_clock()
        self._hits: dict[str, tuple[float, deque[float]]] = {}
        self._used: dict[tuple[str, int], tuple[int, int]] = {}
        self._held: dict[str, set[str]] = {}
        self._forget_at = _FEWEST

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
                _, hits = self._hits.get(name, (0, deque[float]()))
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
                _, hits = self._hits.get(name, (0, deque[float]()))
                if hits.maxlen != limit:
                    hits = deque(hits, maxlen=limit)
                hits.append(now)
                self._hits[name] = (now + seconds, hits)
            case Charge(name, amount, _, seconds) if amount:
                used = self._amount(claim, now) + amount
                self._used[name, seconds] = (claim.window(now), used)
            case Charge():
                pass
            case Place(name, _, holder):
                self._held.setdefault(name, set()).add(holder)

    def _amount(self, charge: Charge, now: float) -> int:
        window, amount = self._used.get((charge.name, charge.seconds), (0, 0))
        return amount if window == charge.window(now) else 0

    def _forget(self, now: float) -> None:
        """Forget what counts no more, now and then: half of what is looked at is new."""
        if len(self._hits) + len(self._used) < self._forget_at:
            return
        self._hits = {name: one for name, one in self._hits.items() if one[0] > now}
        self._used = {
            (name, seconds): (window, amount)
            for (name, seconds), (window, amount) in self._used.items()
            if window == int(now // seconds)
        }
        self._forget_at = max(_FEWEST, 2 * (len(self._hits) + len(self._used)))
