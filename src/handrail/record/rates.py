"""How many calls there were lately, and how long they took: a few numbers for each moment."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from handrail.record.record import CallRecord, Refused

SPAN_SECONDS = 5
"""How long one moment lasts."""
MOST_SPANS = 180
_MOST_TIMES = 500


@dataclass(slots=True)
class Moment:
    """The calls that ended in one span of time, which is `number` spans after the clock's zero."""

    number: int
    calls: int = 0
    failed: int = 0
    refused: int = 0
    _times: list[float] = field(default_factory=list)

    def add(self, call: CallRecord) -> None:
        """Count it."""
        if isinstance(call.end, Refused):
            self.refused += 1
            return
        self.calls += 1
        self.failed += not call.ok
        if len(self._times) < _MOST_TIMES:
            self._times.append(call.steps.seconds)

    def quantile(self, share: float) -> float | None:
        """The seconds within which that share of its first calls was done; None without calls."""
        times = sorted(self._times)
        return times[min(len(times) - 1, int(share * len(times)))] if times else None


class Rates:
    """A recorder that counts by the moment; the oldest moments are forgotten."""

    is_failing = False

    def __init__(self) -> None:
        self._moments: deque[Moment] = deque(maxlen=MOST_SPANS)

    async def begin(self, call: CallRecord) -> None:
        """Nothing: calls are counted when they have ended."""

    async def end(self, call: CallRecord) -> None:
        """Count it."""
        number = _now()
        if not self._moments or self._moments[-1].number != number:
            self._moments.append(Moment(number))
        self._moments[-1].add(call)

    def last(self, count: int = MOST_SPANS) -> Sequence[Moment]:
        """The last `count` moments, those without calls too, the oldest first."""
        now = _now()
        known = {one.number: one for one in islice(reversed(self._moments), count)}
        return [known.get(number) or Moment(number) for number in range(now - count + 1, now + 1)]


def _now() -> int:
    return int(time.monotonic() // SPAN_SECONDS)
