"""What every store keeps: it counts exactly, takes all or nothing, and forgets in time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.meter.memory import MemoryStore
from handrail.meter.redis import RedisStore
from handrail.meter.sqlite import SqliteStore
from handrail.meter.store import Charge, Claim, Hit, Place, Store
from tests.redis_server import RedisServer

_prefixes = itertools.count()
_NOON = 1_800_000_000.0 // 86_400 * 86_400 + 43_200


@dataclass
class Time:
    """The time of day, as a test has it."""

    now: float = _NOON


@dataclass
class Bench:
    """A store, beside another one that counts together with it, where that is possible."""

    all: Sequence[Store]
    time: Time

    @property
    def store(self) -> Store:
        return self.all[0]

    async def wait(self, seconds: float) -> None:
        """Let time pass: that of the test, or real time where the clock is another's."""
        self.time.now += seconds
        if isinstance(self.store, RedisStore):
            await asyncio.sleep(seconds)

    async def begin_window(self, seconds: int) -> None:
        """Wait for the next window to begin."""
        left = (await self.store.used([Charge("x", 0, 1, seconds)]))["x"][1]
        await self.wait(left + 0.01)


@pytest.fixture(params=["memory", "sqlite", "redis"])
async def bench(
    request: pytest.FixtureRequest, tmp_path: Path, redis: RedisServer
) -> AsyncIterator[Bench]:
    time, prefix = Time(), f"test{next(_prefixes)}"
    stores: Sequence[Store]
    match request.param:
        case "memory":
            stores = [MemoryStore(lambda: time.now)]
        case "sqlite":
            stores = [SqliteStore(tmp_path / "meter.sqlite", lambda: time.now) for _ in range(2)]
        case _:
            stores = [RedisStore(redis.url, prefix) for _ in range(2)]
    yield Bench(stores, time)
    for store in stores:
        await store.close()


def calls(limit: int = 1, seconds: int = 86_400, amount: int = 1, name: str = "calls") -> Charge:
    return Charge(name, amount, limit, seconds)


async def refused(store: Store, *claims: Claim) -> Claim | None:
    refusal = await store.take(claims)
    return None if refusal is None else refusal.claim


async def test_of_many_at_once_exactly_as_many_are_let_through_as_may_be(bench: Bench) -> None:
    takings = [
        store.take([calls(100), calls(1000, name="other")])
        for _ in range(400 // len(bench.all))
        for store in bench.all
    ]

    found = await asyncio.gather(*takings)

    assert found.count(None) == 100
    used = await bench.store.used([calls(), calls(name="other")])
    assert [used[name][0] for name in ("calls", "other")] == [100, 100]


async def test_all_is_taken_or_nothing_and_the_first_that_does_not_fit_is_named(
    bench: Bench,
) -> None:
    few, once, twice = calls(1, name="few"), Hit("once", 1, 60), Hit("twice", 2, 60)
    await bench.store.take([few])
    await bench.store.take([once, twice])

    assert await refused(bench.store, calls(2), few, calls(0, name="none")) == few
    assert await refused(bench.store, twice, once) == once

    assert (await bench.store.used([calls()]))["calls"][0] == 0
    assert await refused(bench.store, twice) is None


async def test_a_charge_of_nothing_asks_whether_anything_is_left(bench: Bench) -> None:
    asked = calls(1000, amount=0, name="cpu")

    assert await refused(bench.store, asked) is None
    await bench.store.add([calls(1000, amount=999, name="cpu")])
    assert await refused(bench.store, asked) is None
    await bench.store.add([calls(1000, amount=999, name="cpu")])
    assert await refused(bench.store, asked) == asked
    assert (await bench.store.used([asked]))["cpu"][0] == 1998


async def test_a_budget_is_whole_again_when_its_window_ends_and_not_before(bench: Bench) -> None:
    await bench.begin_window(2)
    assert await refused(bench.store, calls(1, 2)) is None

    refusal = await bench.store.take([calls(1, 2)])

    assert refusal is not None
    assert 1 < refusal.retry_after_seconds <= 2
    await bench.wait(refusal.retry_after_seconds + 0.01)
    assert await refused(bench.store, calls(1, 2)) is None
    assert (await bench.store.used([calls(1, 2)]))["calls"][0] == 1


async def test_another_name_or_length_of_time_is_another_counter(bench: Bench) -> None:
    for charge in (calls(), calls(name="calls:alice"), calls(seconds=3600)):
        assert await refused(bench.store, charge) is None
        assert await refused(bench.store, charge) == charge


async def test_a_limit_may_change_meanwhile(bench: Bench) -> None:
    await bench.store.take([calls(5), Hit("rate", 5, 60)])
    await bench.store.take([calls(5), Hit("rate", 5, 60)])

    assert await refused(bench.store, calls(2)) == calls(2)
    assert await refused(bench.store, Hit("rate", 2, 60)) == Hit("rate", 2, 60)
    assert await refused(bench.store, calls(3), Hit("rate", 3, 60)) is None


async def test_a_rate_bounds_every_stretch_of_time(bench: Bench) -> None:
    hit = Hit("rate", 2, 1.5)
    assert await refused(bench.store, hit) is None
    await bench.wait(0.5)
    assert await refused(bench.store, hit) is None

    refusal = await bench.store.take([hit])

    assert refusal is not None
    assert 0.5 < refusal.retry_after_seconds <= 1.01
    await bench.wait(refusal.retry_after_seconds + 0.01)
    assert await refused(bench.store, hit) is None
    assert await refused(bench.store, hit) == hit


async def test_a_burst_may_be_of_any_fraction_of_a_second(bench: Bench) -> None:
    hit = Hit("burst", 2, 2 * 10 / 7)

    assert [await refused(bench.store, hit) for _ in range(3)] == [None, None, hit]


async def test_who_gives_up_waiting_for_an_answer_disturbs_nobody(bench: Bench) -> None:
    asked = [asyncio.ensure_future(bench.store.take([calls(1000)])) for _ in range(100)]
    await asyncio.sleep(0.002)
    for one in asked[::2]:
        one.cancel()

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert found[1::2] == [None] * 50
    used = (await bench.store.used([calls()]))["calls"][0]
    assert 50 <= used <= 100
    assert (await bench.store.used([calls(name="other")]))["other"][0] == 0


async def test_places_are_for_as_many_as_may_be_and_given_back(bench: Bench) -> None:
    places = [Place("places", 2, holder) for holder in "abc"]
    other = bench.all[-1]

    assert [await refused(bench.store, place) for place in places] == [None, None, places[2]]
    assert await refused(bench.store, places[0]) is None, "it is held already"
    await bench.store.free(places[:1])
    assert await refused(bench.store, places[2]) is None
    if not bench.store.shared:
        return
    assert await refused(other, places[0]) == places[0]
    await bench.store.free(places)
    assert await refused(other, places[0]) is None
