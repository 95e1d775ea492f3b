"""The output of recent calls, kept so that what an answer left out can be read on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from handrail.errors import NotFound
from handrail.process.outcome import Outcome
from handrail.process.output import Output

_MOST_CALLS = 256


@dataclass(frozen=True, slots=True)
class Kept:
    """One call's output."""

    tool: str
    outcome: Outcome

    @property
    def streams(self) -> dict[str, Output]:
        """Both streams by name."""
        return {"stdout": self.outcome.stdout, "stderr": self.outcome.stderr}


@dataclass(frozen=True, slots=True)
class Held:
    """What kept outputs take up: memory and disk in bytes, and open files."""

    memory: int = 0
    disk: int = 0
    files: int = 0

    @classmethod
    def by(cls, kept: Kept) -> Held:
        """What one call's output takes up."""
        outputs = kept.streams.values()
        spooled = [output.size for output in outputs if output.file is not None]
        return cls(sum(len(output.memory) for output in outputs), sum(spooled), len(spooled))

    def __add__(self, other: Held) -> Held:
        return Held(self.memory + other.memory, self.disk + other.disk, self.files + other.files)

    def __sub__(self, other: Held) -> Held:
        return Held(self.memory - other.memory, self.disk - other.disk, self.files - other.files)

    def is_beyond(self, most: Held) -> bool:
        """Whether any part of it is more than that of `most`."""
        return self.memory > most.memory or self.disk > most.disk or self.files > most.files


_MOST = Held(memory=8 * 1024**2, disk=1024**3, files=64)


class Outputs:
    """The newest calls' outputs; the oldest go first when there are too many or too large ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._held = Held()

    def keep(self, call_id: str, tool: str, outcome: Outcome) -> None:
        """Keep a call's output; the newest is never dropped for its size."""
        kept = self._kept[call_id] = Kept(tool, outcome)
        self._held += Held.by(kept)
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
        kept = self._kept.pop(call_id)
        self._held -= Held.by(kept)
        for output in kept.streams.values():
            output.close()

    def _is_too_much(self) -> bool:
        return len(self._kept) > _MOST_CALLS or self._held.is_beyond(_MOST)
