"""Counting in a file, so that a restart gives nobody a new budget."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from handrail.meter.breaker import Breaker
from handrail.meter.memory import MemoryStore
from handrail.meter.store import Charge, Claim, Clock, Place, Refusal, steady_clock

NAME = "meter.sqlite"
_PATIENCE_SECONDS = 1.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS used (
    name TEXT NOT NULL, seconds INTEGER NOT NULL, window INTEGER NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (name, seconds, window)
) WITHOUT ROWID
"""
_READ = "SELECT amount FROM used WHERE name = ? AND seconds = ? AND window = ?"
_ADD = """
INSERT INTO used VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET amount = amount + excluded.amount
"""
_FORGET = "DELETE FROM used WHERE (window + 1) * seconds <= ?"
_FORGET_SECONDS = 600.0
T = TypeVar("T")


class SqliteStore:
    """Quotas are in the file, which several processes may use at once.

    Rates and places are in memory: they are forgotten in minutes anyway. What is claimed of both
    together is taken from memory first.
    """

    shared = False

    def __init__(self, file: Path, now: Clock | None = None) -> None:
        self._file = file
        self._now = now or steady_clock()
        self._memory = MemoryStore(self._now)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="meter")
        self._database: sqlite3.Connection | None = None
        self._forget_at = 0.0
        self._breaker = Breaker(sqlite3.Error, OSError)

    async def take(self, claims: Sequence[Claim]) -> Refusal | None:
        """Take all, or nothing of the file."""
        charges = [claim for claim in claims if isinstance(claim, Charge)]
        others = [claim for claim in claims if not isinstance(claim, Charge)]
        refusal = await self._memory.take(others) if others else None
        if refusal is not None or not charges:
            return refusal
        return await self._in_thread(lambda: self._take(charges))

    async def add(self, charges: Sequence[Charge]) -> None:
        """Count what was used already."""
        await self._in_thread(lambda: self._add(charges))

    async def free(self, places: Sequence[Place]) -> None:
        """Give places back."""
        await self._memory.free(places)

    async def used(self, charges: Sequence[Charge]) -> Mapping[str, tuple[int, float]]:
        """How much is used, and for how long that counts."""
        return await self._in_thread(lambda: self._used(charges))

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._database is not None:
            self._database.close()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Do it in the one thread that has the file open: waiting for a disk stops nobody."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _take(self, charges: Sequence[Charge]) -> Refusal | None:
        now = self._now()
        with self._transaction() as database:
            for charge in charges:
                if _amount(database, charge, now) + max(charge.amount, 1) > charge.limit:
                    return Refusal(charge, charge.seconds_left(now))
            _add(database, charges, now)
            self._forget(database, now)
        return None

    def _add(self, charges: Sequence[Charge]) -> None:
        with self._transaction() as database:
            _add(database, charges, self._now())

    def _used(self, charges: Sequence[Charge]) -> Mapping[str, tuple[int, float]]:
        now = self._now()
        with self._transaction() as database:
            return {
                one.name: (_amount(database, one, now), one.seconds_left(now)) for one in charges
            }

    def _forget(self, database: sqlite3.Connection, now: float) -> None:
        """Forget what is over, now and then; not at once, for another's clock may be behind."""
        if now >= self._forget_at:
            self._forget_at = now + _FORGET_SECONDS
            database.execute(_FORGET, (now - _FORGET_SECONDS,))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The file, which nobody else writes meanwhile. Raises `Away`."""
        with self._breaker.asking():
            try:
                database = self._database = self._database or self._opened()
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
            except sqlite3.Error:
                self._drop()
                raise

    def _drop(self) -> None:
        """Whatever is wrong with it: nothing is half done, and the next one opens it anew."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = sqlite3.connect(
            self._file, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        database.execute("PRAGMA journal_mode = WAL")
        # A killed server loses nothing; a power failure, what came last.
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(_SCHEMA)
        return database


def _amount(database: sqlite3.Connection, charge: Charge, now: float) -> int:
    found = database.execute(_READ, (charge.name, charge.seconds, charge.window(now))).fetchone()
    return 0 if found is None else int(found[0])


def _add(database: sqlite3.Connection, charges: Sequence[Charge], now: float) -> None:
    database.executemany(
        _ADD,
        [(one.name, one.seconds, one.window(now), one.amount) for one in charges if one.amount],
    )
