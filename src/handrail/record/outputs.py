"""The output of recent calls, kept so that what an answer left out can be read on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from handrail.errors import NotFound
from handrail.process.outcome import Outcome
from handrail.process.output import Output

_MOST_CALLS = 256
_MOST_MEMORY_BYTES = 8 * 1024**2
_MOST_FILES = 64
_MOST_FILE_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Kept:
    """One call's output."""

    tool: str
    outcome: Outcome

    @property
    def streams(self) -> dict[str, Output]:
        """Both streams by name."""
        return {"stdout": self.outcome.stdout, "stderr": self.outcome.stderr}


class Outputs:
    """The newest calls' outputs; the oldest go first when there are too many or too large ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, call_id: str, tool: str, outcome: Outcome) -> None:
        """Keep a call's output; the newest is never dropped for its size."""
        self._kept[call_id] = Kept(tool, outcome)
        while len(self._kept) > 1 and self._is_too_much():
            self._drop(next(iter(self._kept)))

    def find(self, call_id: str, stream: str) -> Output:
        """One stream of one call. Raises `NotFound` when it is not, or no longer, kept."""
        kept = self._kept.get(call_id)
        if kept is None or stream not in kept.streams:
            raise NotFound(
                "there is no output of such a call",
                hint="Outputs of recent calls are kept; older ones make room. Call the tool again.",
            )
        return kept.streams[stream]

    def recent(self) -> list[tuple[str, Kept]]:
        """The kept calls, newest first."""
        return list(reversed(self._kept.items()))

    def clear(self) -> None:
        """Drop everything."""
        for call_id in list(self._kept):
            self._drop(call_id)

    def _drop(self, call_id: str) -> None:
        for output in self._kept.pop(call_id).streams.values():
            output.close()

    def _is_too_much(self) -> bool:
        outputs = [output for kept in self._kept.values() for output in kept.streams.values()]
        files = [output.size for output in outputs if output.file is not None]
        return (
            len(self._kept) > _MOST_CALLS
            or sum(len(output.memory) for output in outputs) > _MOST_MEMORY_BYTES
            or len(files) > _MOST_FILES
            or sum(files) > _MOST_FILE_BYTES
        )
