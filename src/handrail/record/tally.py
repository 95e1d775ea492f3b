"""How many calls each caller made, and how many were refused, since the server started."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from handrail.record.record import CallRecord, Refused

MOST_CALLERS = 1_000


@dataclass(slots=True)
class Count:
    """What one caller did. `refused` is by code."""

    calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Tally:
    """A recorder that only counts; of many callers, it knows those who called last."""

    is_failing = False

    def __init__(self) -> None:
        self.all = Count()
        self._callers: OrderedDict[str, Count] = OrderedDict()

    @property
    def callers(self) -> Mapping[str, Count]:
        """The count of each caller, the latest last."""
        return self._callers

    async def begin(self, call: CallRecord) -> None:
        """Nothing: calls are counted when they have ended."""

    async def end(self, call: CallRecord) -> None:
        """Count it."""
        own = self._callers.setdefault(call.caller.name, Count())
        self._callers.move_to_end(call.caller.name)
        if len(self._callers) > MOST_CALLERS:
            self._callers.popitem(last=False)
        for count in (own, self.all):
            if isinstance(call.end, Refused):
                count.refused[call.end.code] += 1
            else:
                count.calls += 1
