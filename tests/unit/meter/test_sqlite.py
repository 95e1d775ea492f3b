"""Counting in a file: it outlives whoever counts, and what is wrong with it is no crash."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from handrail.meter.sqlite import SqliteStore
from handrail.meter.store import Away, Charge
from tests.running import eventually

CALL = Charge("calls", 1, 1_000_000, 86_400)

_COUNT_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from handrail.meter.sqlite import SqliteStore
from handrail.meter.store import Charge

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    while True:
        assert await store.take([Charge("calls", 1, 1_000_000, 86_400)]) is None
        print(".", end="", flush=True)

asyncio.run(main())
"""

_COUNT_UNTIL_FULL = """
import asyncio, resource, sys
from pathlib import Path
from handrail.meter.breaker import PAUSE_SECONDS
from handrail.meter.sqlite import SqliteStore
from handrail.meter.store import Away, Charge

async def take(store, number):
    return await store.take([Charge(f"calls:{number}:" + "x" * 900, 1, 10, 86_400)])

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    taken = 0
    try:
        while taken < 10_000:
            assert await take(store, taken) is None
            taken += 1
    except Away:
        pass
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await asyncio.sleep(PAUSE_SECONDS)
    assert await take(store, "afterwards") is None
    one = [Charge(f"calls:{number}:" + "x" * 900, 0, 10, 86_400) for number in range(taken + 1)]
    print(taken, sum(used for used, _ in (await store.used(one)).values()))
    await store.close()

asyncio.run(main())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "meter.sqlite"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(file)
    yield store
    await store.close()


async def used(store: SqliteStore) -> int:
    return (await store.used([CALL]))["calls"][0]


async def test_what_was_counted_is_known_after_a_restart(store: SqliteStore, file: Path) -> None:
    assert await store.take([CALL]) is None
    await store.close()

    again = SqliteStore(file)

    assert await used(again) == 1
    await again.close()


async def test_what_was_counted_is_known_after_the_server_was_killed(
    store: SqliteStore, file: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _COUNT_UNTIL_KILLED, str(file)], stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        said = server.stdout.read(50)
        server.kill()
        said += server.stdout.read()

    # Of the last one it may not have told any more.
    assert await used(store) in (len(said), len(said) + 1)


async def test_a_locked_file_is_away_and_few_calls_wait_for_it(
    store: SqliteStore, file: Path
) -> None:
    await store.take([CALL])
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        found = await asyncio.gather(
            *(store.take([CALL]) for _ in range(20)), return_exceptions=True
        )
        took = time.monotonic() - began

    assert [type(one) for one in found] == [Away] * 20
    assert took < 10, "each of them waited for a second"
    await eventually_answers(store)
    assert await used(store) == 1


async def eventually_answers(store: SqliteStore) -> None:
    answered = asyncio.Event()

    async def ask() -> None:
        while not answered.is_set():
            try:
                await used(store)
            except Away:
                await asyncio.sleep(0.05)
            else:
                answered.set()

    asking = asyncio.ensure_future(ask())
    await eventually(answered.is_set)
    await asking


async def test_a_file_that_is_none_of_ours_is_away_and_left_alone(
    store: SqliteStore, file: Path
) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database at all" * 100)

    with pytest.raises(Away, match="not a database"):
        await store.take([CALL])

    assert file.read_bytes() == b"no database at all" * 100


@pytest.mark.parametrize("place", ["/proc/none", "/dev/null"])
async def test_where_no_file_can_be_it_is_away(place: str) -> None:
    store = SqliteStore(Path(place) / "meter.sqlite")

    with pytest.raises(Away):
        await store.take([CALL])

    await store.close()


async def test_on_a_full_disk_it_is_away_and_what_was_taken_stays_taken(file: Path) -> None:
    counting = subprocess.run(
        [sys.executable, "-c", _COUNT_UNTIL_FULL, str(file)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=50,
    )

    taken, known = map(int, counting.stdout.split())
    assert 0 < taken < 10_000
    assert known == taken


async def test_windows_that_are_over_are_forgotten(file: Path) -> None:
    now = 1_000_000.0
    store = SqliteStore(file, lambda: now)
    for _ in range(5):
        await store.take([Charge("calls", 1, 5, 60)])
        now += 3600

    await store.close()

    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM used").fetchone() == (1,)


async def test_two_servers_whose_clocks_differ_lose_nothing_where_windows_meet(
    file: Path,
) -> None:
    slow, fast = SqliteStore(file, lambda: 599.0), SqliteStore(file, lambda: 601.0)
    call = Charge("calls", 1, 2, 600)

    found = [await one.take([call]) for _ in range(3) for one in (slow, fast)]

    assert found.count(None) == 4, "two in each of two windows"
    await slow.close()
    await fast.close()
