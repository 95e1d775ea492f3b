"""When a call came to each step of the line: what its spans and histograms are made of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """A step of the line; each lasts until the next."""

    PLAN = "plan"
    JUDGE = "judge"
    ASK = "ask"
    """A person is asked; only where one must be."""
    QUEUE = "queue"
    """It waits for its turn and its budgets."""
    RECORD = "record"
    """What is about to begin is recorded."""
    RUN = "run"
    ANSWER = "answer"
    """What there is to keep is kept."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One step that a call took: it began `after_seconds` from the call's begin."""

    step: Step
    after_seconds: float
    seconds: float


@dataclass(slots=True)
class Steps:
    """The steps of one call, in their order; told as it comes to each."""

    _began: float = field(default_factory=time.perf_counter)
    _marks: list[tuple[Step, float]] = field(default_factory=list)
    _ended: float | None = None

    def reach(self, step: Step) -> None:
        """The call has come to `step`."""
        self._marks.append((step, time.perf_counter()))

    def end(self) -> None:
        """The call has ended, and its last step with it."""
        self._ended = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long the call took; so far, as long as it lasts."""
        return self._now() - self._began

    def __iter__(self) -> Iterator[Lap]:
        """What each step took; the last may still last."""
        ends = [at for _, at in self._marks[1:]] + [self._now()]
        for (step, at), end in zip(self._marks, ends, strict=False):
            yield Lap(step, at - self._began, end - at)

    def _now(self) -> float:
        return time.perf_counter() if self._ended is None else self._ended
