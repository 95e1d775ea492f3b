"""Contenders take turns in one run; what counts is the ratio between them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random

Act = Callable[[], Awaitable[float]]
"""Does something once, and says how many seconds it took."""

Rounds = list[list[float]]
"""Samples, by round."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Samples in short. A p10 is what the machine can do when nothing disturbs it."""

    p10: float
    median: float

    @classmethod
    def of(cls, rounds: Rounds) -> Summary:
        """All rounds as one."""
        samples = sorted(sample for batch in rounds for sample in batch)
        return cls(samples[len(samples) // 10], statistics.median(samples))


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours to theirs. Half of the rounds, each by itself, lie between `low` and `high`."""

    p10: float
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, ours: Rounds, theirs: Rounds) -> Ratio:
        """The ratio of the summaries, with its spread over the rounds."""
        one, other = Summary.of(ours), Summary.of(theirs)
        each = [
            statistics.median(mine) / statistics.median(yours)
            for mine, yours in zip(ours, theirs, strict=True)
        ]
        low, _, high = statistics.quantiles(each, n=4) if len(each) > 1 else each * 3
        return cls(one.p10 / other.p10, one.median / other.median, low, high)


async def take_turns(
    contenders: Mapping[str, Act], rounds: int, batch: int, *, warm_up: int = 5
) -> dict[str, Rounds]:
    """Seconds of every act: `rounds` times `batch` turns, each in an order of its own.

    What one leaves to be done behind it then disturbs all others alike.
    """
    names = list(contenders)
    order = Random(0)  # noqa: S311  # nothing here is a secret
    for _ in range(warm_up):
        for act in contenders.values():
            await act()
    results: dict[str, Rounds] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            results[name].append([])
        for _ in range(batch):
            order.shuffle(names)
            for name in names:
                results[name][-1].append(await contenders[name]())
    return results


def timed(act: Callable[[], Awaitable[object]]) -> Act:
    """The whole of `act` is what is measured."""

    async def timed_act() -> float:
        began = time.perf_counter()
        await act()
        return time.perf_counter() - began

    return timed_act
