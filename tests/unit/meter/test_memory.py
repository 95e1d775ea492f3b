"""Counting in memory takes no more of it than there are callers who count."""

from __future__ import annotations

import tracemalloc

from handrail.meter.memory import MemoryStore
from handrail.meter.store import Charge, Hit

_CALLERS = 2_000
_MOST_BYTES = 1_000
"""For each caller; `python -m benchmarks accounts` has the real figure."""


async def test_memory_is_bounded_by_the_callers_of_late() -> None:
    now = 1_000_000.0
    store = MemoryStore(lambda: now)
    tracemalloc.start()
    try:
        seen = []
        for hour in range(4):
            for number in range(_CALLERS):
                name = f"jwt:{hour}-{number:08}"
                hit, charge = Hit(f"rate:{name}", 60, 60), Charge(f"calls:{name}", 1, 9, 3600)
                assert await store.take([hit, charge]) is None
            seen.append(tracemalloc.get_traced_memory()[0])
            now += 3600
    finally:
        tracemalloc.stop()

    assert seen[0] < _CALLERS * _MOST_BYTES
    assert seen[-1] < 1.5 * seen[0]
