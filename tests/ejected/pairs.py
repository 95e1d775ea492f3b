"""Combinations of answers in which every two values of different questions meet."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

Choice = Mapping[str, object]
Questions = Mapping[str, Sequence[object]]
Pair = frozenset[tuple[str, int]]

_TRIES = 60
_IDLE = 40


def pairwise(questions: Questions, fits: Callable[[Choice], bool], times: int) -> list[Choice]:
    """Combinations that `fits` accepts, in which every pair that goes together is `times` times.

    Each is the best of some drawn by chance, and they are always the same. It ends when nothing
    new was drawn for a while.
    """
    drawn = _drawn(questions, fits)
    held: Counter[Pair] = Counter()
    chosen: list[dict[str, int]] = []
    idle = 0
    while idle < _IDLE:
        some = [next(drawn) for _ in range(_TRIES)]
        best = max(some, key=lambda one: _worth(one, held, times))
        if _worth(best, held, times) == 0:
            idle += 1
            continue
        idle = 0
        held.update(_pairs(best))
        chosen.append(best)
    return [_said(questions, one) for one in chosen]


def _worth(one: Mapping[str, int], held: Counter[Pair], times: int) -> int:
    return sum(held[pair] < times for pair in _pairs(one))


def _drawn(questions: Questions, fits: Callable[[Choice], bool]) -> Iterator[dict[str, int]]:
    chance = random.Random(8)  # noqa: S311  # nobody is to be surprised
    while True:
        one = {key: chance.randrange(len(values)) for key, values in questions.items()}
        if fits(_said(questions, one)):
            yield one


def _pairs(one: Mapping[str, int]) -> list[Pair]:
    return [frozenset(pair) for pair in combinations(one.items(), 2)]


def _said(questions: Questions, one: Mapping[str, int]) -> Choice:
    return {key: questions[key][number] for key, number in one.items()}
