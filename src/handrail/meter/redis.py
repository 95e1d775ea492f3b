"""Counting in a Redis that several servers share, so that all have one budget."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from handrail.meter.breaker import Breaker
from handrail.meter.store import Away, Charge, Claim, Hit, Place, Refusal

LEASE_SECONDS = 15.0
"""How long a place is held for a server that has fallen silent."""
_RENEWALS = 3
"""How often a lease is renewed in its time."""
_PATIENCE_SECONDS = 1.0
_MOST_AT_ONCE = 32
"""Questions on their way; the connections of the client are more."""
_TAKE = files("handrail.meter").joinpath("redis.lua").read_text()


class RedisStore:
    """Every taking is one script, which Redis runs alone (EVALSHA)."""

    shared = True

    def __init__(self, url: str, prefix: str, lease_seconds: float = LEASE_SECONDS) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
            # A taking whose answer was lost may have been done: it is not sent twice.
            retry=Retry(NoBackoff(), 0),
            # With 3, redis-py 8 uses connections that were closed while nobody used them.
            protocol=2,
        )
        self._script = self._redis.register_script(_TAKE)
        self._prefix = f"handrail:{prefix}:"
        self._lease_seconds = lease_seconds
        self._held: dict[tuple[str, str], Place] = {}
        self._renewal: asyncio.Task[None] | None = None
        self._undoing: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(_MOST_AT_ONCE)
        self._breaker = Breaker(RedisError, OSError, TimeoutError)

    async def take(self, claims: Sequence[Claim]) -> Refusal | None:
        """Take all, or none. When nobody waits for it any more, places are given back."""
        taking = asyncio.ensure_future(self._take(claims))
        try:
            # redis-py may overhear a cancellation while it connects; and what was sent is done.
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            undoing = asyncio.ensure_future(self._undo(taking, claims))
            self._undoing.add(undoing)
            undoing.add_done_callback(self._undoing.discard)
            raise

    async def _take(self, claims: Sequence[Claim]) -> Refusal | None:
        async with self._asking():
            found = await self._run(claims)
        if found:
            return Refusal(claims[int(found[0]) - 1], float(found[1]) / 1000)
        self._hold(_places(claims))
        return None

    async def _undo(self, taking: asyncio.Future[Refusal | None], claims: Sequence[Claim]) -> None:
        places = _places(claims)
        with suppress(Away):
            if await taking is None and places:
                await self.free(places)

    async def add(self, charges: Sequence[Charge]) -> None:
        """Count what was used already."""
        async with self._asking():
            await self._run([_unbounded(charge) for charge in charges])

    async def free(self, places: Sequence[Place]) -> None:
        """Give places back."""
        for place in places:
            self._held.pop((place.name, place.holder), None)
        if not places:
            return
        async with self._asking():
            for place in places:
                await self._redis.zrem(self._key(place), place.holder)

    async def used(self, charges: Sequence[Charge]) -> Mapping[str, tuple[int, float]]:
        """How much is used, and for how long that counts."""
        async with self._asking():
            seconds, microseconds = await self._redis.time()
            now = seconds + microseconds / 1e6
            keys = [f"{self._key(one)}:{one.window(now)}" for one in charges]
            found = await self._redis.mget(keys) if keys else []
        return {
            one.name: (int(amount or 0), one.seconds_left(now))
            for one, amount in zip(charges, found, strict=True)
        }

    async def close(self) -> None:
        """Give every place back, and hang up."""
        if self._undoing:
            await asyncio.wait(self._undoing)
        if self._renewal is not None:
            self._renewal.cancel()
        if self._held:
            with suppress(Away):
                await self.free(list(self._held.values()))
        await self._redis.aclose()

    async def _run(self, claims: Sequence[Claim]) -> list[Any]:
        arguments: list[str | int | float] = [int(self._lease_seconds * 1000)]
        for claim in claims:
            arguments += _words(claim)
        found: list[Any] = await self._script(keys=list(map(self._key, claims)), args=arguments)
        return found

    def _key(self, claim: Claim) -> str:
        seconds = f":{claim.seconds}" if isinstance(claim, Charge) else ""
        return f"{self._prefix}{claim.name}{seconds}"

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        """Ask Redis, unless it has just not answered. Raises `Away`."""
        async with self._turns:
            with self._breaker.asking():
                yield

    def _hold(self, places: Sequence[Place]) -> None:
        for place in places:
            self._held[place.name, place.holder] = place
        if places and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._renew())

    def _holds(self, place: Place) -> bool:
        return (place.name, place.holder) in self._held

    async def _renew(self) -> None:
        """Say that we are alive, as long as anything is held."""
        while self._held:
            await asyncio.sleep(self._lease_seconds / _RENEWALS)
            held = [_unbounded_place(place) for place in self._held.values()]
            with suppress(Away):  # Redis may be back before the lease ends
                if held:
                    async with self._asking():
                        await self._run(held)
                    # What was given back meanwhile may have been taken anew by this.
                    await self.free([one for one in held if not self._holds(one)])


def _places(claims: Sequence[Claim]) -> list[Place]:
    return [claim for claim in claims if isinstance(claim, Place)]


def _words(claim: Claim) -> list[str | int | float]:
    match claim:
        case Hit(_, limit, seconds):
            return ["hit", limit, seconds, 1]
        case Charge(_, amount, limit, seconds):
            return ["charge", limit, seconds, amount]
        case Place(_, limit, holder):
            return ["place", limit, 0, holder]


def _unbounded(charge: Charge) -> Charge:
    return Charge(charge.name, charge.amount, 2**53 - 1, charge.seconds)


def _unbounded_place(place: Place) -> Place:
    return Place(place.name, 2**31, place.holder)
