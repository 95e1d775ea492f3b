"""Counting in a Redis: places of servers that fall silent, and a Redis that does."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from handrail.meter.breaker import PAUSE_SECONDS
from handrail.meter.redis import RedisStore
from handrail.meter.store import Away, Charge, Place, Refusal
from tests.redis_server import RedisServer, redis_server

LEASE_SECONDS = 0.6
CALL = Charge("calls", 1, 1_000_000, 86_400)
MINE, THEIRS = Place("places", 1, "mine"), Place("places", 1, "theirs")
_prefixes = itertools.count()

_HOLD = """
import asyncio, sys
from handrail.meter.redis import RedisStore
from handrail.meter.store import Place

async def main():
    store = RedisStore(sys.argv[1], "killed", float(sys.argv[2]))
    assert await store.take([Place("places", 1, "mine")]) is None
    print("held", flush=True)
    await asyncio.sleep(300)

asyncio.run(main())
"""


@pytest.fixture
async def pair(redis: RedisServer) -> AsyncIterator[tuple[RedisStore, RedisStore]]:
    """The stores of two servers, whose leases are short."""
    prefix = f"leases{next(_prefixes)}"
    stores = tuple(RedisStore(redis.url, prefix, LEASE_SECONDS) for _ in range(2))
    yield stores[0], stores[1]
    for store in stores:
        await store.close()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may harm."""
    with redis_server(tmp_path) as server:
        yield server


async def test_a_place_is_held_for_as_long_as_its_holder_is_alive(
    pair: tuple[RedisStore, RedisStore],
) -> None:
    mine, theirs = pair
    await mine.take([MINE])
    deadline = time.monotonic() + 3 * LEASE_SECONDS

    while time.monotonic() < deadline:
        assert await theirs.take([THEIRS]) == Refusal(THEIRS, 0)
        await asyncio.sleep(0.05)

    await mine.free([MINE])
    assert await theirs.take([THEIRS]) is None


async def test_the_place_of_a_server_that_was_killed_is_free_when_its_lease_ends(
    redis: RedisServer,
) -> None:
    theirs = RedisStore(redis.url, "killed", LEASE_SECONDS)
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, redis.url, str(LEASE_SECONDS)], stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        assert await theirs.take([THEIRS]) == Refusal(THEIRS, 0)
        server.kill()
    killed = time.monotonic()

    while await theirs.take([THEIRS]) is not None:
        assert time.monotonic() < killed + 10 * LEASE_SECONDS
        await asyncio.sleep(0.02)

    await theirs.close()


async def test_a_server_that_closes_gives_its_places_back(
    pair: tuple[RedisStore, RedisStore],
) -> None:
    mine, theirs = pair
    await mine.take([MINE])

    await mine.close()

    assert await theirs.take([THEIRS]) is None


async def test_servers_of_other_names_have_budgets_of_their_own(redis: RedisServer) -> None:
    stores = [RedisStore(redis.url, name) for name in ("one", "two")]
    once = Charge("calls:caller:local", 1, 1, 86_400)

    assert [await store.take([once]) for store in stores] == [None, None]

    for store in stores:
        await store.close()


async def test_redis_goes_and_comes_back(own_redis: RedisServer) -> None:
    store = RedisStore(own_redis.url, "x")
    assert await store.take([CALL]) is None
    own_redis.kill()

    for _ in range(3):
        with pytest.raises(Away):
            await store.take([CALL])

    own_redis.start()
    await asyncio.sleep(PAUSE_SECONDS)
    assert await store.take([CALL]) is None
    await store.close()


async def test_that_redis_was_away_while_nobody_asked_is_not_noticed(
    own_redis: RedisServer,
) -> None:
    store = RedisStore(own_redis.url, "x")
    assert await asyncio.gather(*(store.take([CALL]) for _ in range(8))) == [None] * 8
    own_redis.kill()
    own_redis.start()
    assert await asyncio.gather(*(store.take([CALL]) for _ in range(8))) == [None] * 8
    await store.close()


async def test_places_are_held_again_when_redis_has_forgotten_them(own_redis: RedisServer) -> None:
    mine, theirs = (RedisStore(own_redis.url, "x", LEASE_SECONDS) for _ in range(2))
    await mine.take([MINE])
    own_redis.kill()
    own_redis.start()

    await asyncio.sleep(2 * PAUSE_SECONDS)

    assert await theirs.take([THEIRS]) == Refusal(THEIRS, 0)
    await mine.close()
    await theirs.close()


async def test_no_call_waits_long_for_a_redis_that_hangs(own_redis: RedisServer) -> None:
    store = RedisStore(own_redis.url, "x")
    await store.take([CALL])
    assert own_redis.process is not None
    own_redis.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()

    found = await asyncio.gather(*(store.take([CALL]) for _ in range(500)), return_exceptions=True)

    took = time.monotonic() - began
    assert {type(one) for one in found} == {Away}
    assert took < 5
    own_redis.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(PAUSE_SECONDS)
    assert await store.take([CALL]) is None
    await store.close()


async def test_nothing_of_it_stays_in_redis_for_ever(redis: RedisServer) -> None:
    store = RedisStore(redis.url, "expiring", LEASE_SECONDS)
    await store.take([CALL, MINE])
    async with Redis.from_url(redis.url) as client:
        keys = [key async for key in client.scan_iter("handrail:expiring:*")]
        assert len(keys) == 2
        assert min([await client.pttl(key) for key in keys]) > 0
    await store.close()
