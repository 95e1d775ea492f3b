"""The calls that run and the last that ended, for people who look on."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handrail.process.outcome import Outcome
from handrail.process.output import Output
from handrail.record.record import CallRecord

MOST_ENDED = 200
_LONGEST_INPUT_BYTES = 65_536
_NOTHING = Output()


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that has ended. What it said is not kept here, but `sizes`: bytes, by stream."""

    record: CallRecord
    sizes: dict[str, int]


class Recent:
    """A recorder that remembers; the oldest are forgotten."""

    is_failing = False

    def __init__(self) -> None:
        self._running: dict[str, CallRecord] = {}
        self._ended: deque[Ended] = deque(maxlen=MOST_ENDED)

    async def begin(self, call: CallRecord) -> None:
        """Remember that it runs."""
        self._running[call.call_id] = call

    async def end(self, call: CallRecord) -> None:
        """Remember how it ended."""
        self._running.pop(call.call_id, None)
        self._ended.append(Ended(_light(call), _sizes(call)))

    @property
    def ended(self) -> Sequence[Ended]:
        """Those that ended, the latest first."""
        return list(reversed(self._ended))

    def find(self, call_id: str) -> CallRecord | Ended | None:
        """The call of that name, if it is remembered: its record as long as it runs."""
        running = self._running.get(call_id)
        if running is not None:
            return running
        return next((one for one in self._ended if one.record.call_id == call_id), None)


def _light(call: CallRecord) -> CallRecord:
    """The record without what may be large: what went in, and what came out."""
    plan, end = call.plan, call.end
    if (
        plan is not None
        and isinstance(plan.stdin, bytes)
        and len(plan.stdin) > _LONGEST_INPUT_BYTES
    ):
        plan = replace(plan, stdin=None)
    if isinstance(end, Outcome):
        end = replace(end, stdout=_NOTHING, stderr=_NOTHING, value=None)
    return replace(call, plan=plan, end=end)


def _sizes(call: CallRecord) -> dict[str, int]:
    if not isinstance(call.end, Outcome) or call.end.value is not None:
        return {}
    return {"stdout": call.end.stdout.size, "stderr": call.end.stderr.size}
