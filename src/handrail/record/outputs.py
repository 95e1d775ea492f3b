"""The output of recent calls, kept so that what an answer left out can be read on."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from handrail.errors import NotFound
from handrail.process.outcome import Outcome
from handrail.process.output import Output


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
    """What kept outputs take up: calls, memory and disk in bytes, and open files."""

    calls: int = 0
    memory: int = 0
    disk: int = 0
    files: int = 0

    @classmethod
    def by(cls, kept: Kept) -> Held:
        """What one call's output takes up."""
        outputs = kept.streams.values()
        spooled = [output.size for output in outputs if output.file is not None]
        return cls(1, sum(len(output.memory) for output in outputs), sum(spooled), len(spooled))

    def __add__(self, other: Held) -> Held:
        return Held(*(one + two for one, two in zip(self._all, other._all, strict=True)))

    def __sub__(self, other: Held) -> Held:
        return Held(*(one - two for one, two in zip(self._all, other._all, strict=True)))

    def share(self, most: Held) -> float:
        """Which part it is of `most`, in whatever it has the most of; beyond 1.0, it is more."""
        return max(one / two for one, two in zip(self._all, most._all, strict=True))

    @property
    def _all(self) -> tuple[int, int, int, int]:
        return self.calls, self.memory, self.disk, self.files


_MOST = Held(calls=256, memory=8 * 1024**2, disk=1024**3, files=64)


@dataclass(slots=True)
class Shelf:
    """The outputs of one caller, and what they take up."""

    kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    held: Held = field(default_factory=Held)

    def keep(self, call_id: str, kept: Kept) -> Held:
        """Keep one call's output; what it takes up."""
        self.kept[call_id] = kept
        taken = Held.by(kept)
        self.held += taken
        return taken

    def drop_oldest(self) -> Held:
        """Drop one call's output; what it took up."""
        _, kept = self.kept.popitem(last=False)
        freed = Held.by(kept)
        self.held -= freed
        for output in kept.streams.values():
            output.close()
        return freed


class Outputs:
    """The newest calls' outputs, by caller: each finds its own, and no others.

    When there are too many or too large ones, the oldest go first, of the caller who has the most:
    nobody can push out all of what others have.
    """

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf] = {}
        self._held = Held()

    def keep(self, caller: str, call_id: str, tool: str, outcome: Outcome) -> None:
        """Keep a call's output; the newest is never dropped for its size."""
        shelf = self._shelves.setdefault(caller, Shelf())
        self._held += shelf.keep(call_id, Kept(tool, outcome))
        while self._held.share(_MOST) > 1 and self._make_room(shelf):
            pass

    def find(self, caller: str, call_id: str, stream: str) -> Output:
        """One stream of one call. Raises `NotFound` when it is not, or no longer, kept.

        Of another caller's call it says the same: whether there is one, is not for them to know.
        """
        shelf = self._shelves.get(caller)
        kept = None if shelf is None else shelf.kept.get(call_id)
        if kept is None or stream not in kept.streams:
            raise NotFound(
                "there is no output of such a call",
                hint="Outputs of recent calls are kept; older ones make room. Call the tool again.",
            )
        return kept.streams[stream]

    def recent(self, caller: str) -> list[tuple[str, Kept]]:
        """The kept calls of a caller, newest first."""
        shelf = self._shelves.get(caller)
        return [] if shelf is None else list(reversed(shelf.kept.items()))

    def clear(self) -> None:
        """Drop everything."""
        for caller in list(self._shelves):
            while caller in self._shelves:
                self._drop_oldest(caller)

    def _make_room(self, newest: Shelf) -> bool:
        """Drop an output, but not the last of `newest`; whether there was one to drop."""
        others = {
            caller: shelf.held.share(_MOST)
            for caller, shelf in self._shelves.items()
            if shelf is not newest or len(shelf.kept) > 1
        }
        if not others:
            return False
        self._drop_oldest(max(others, key=others.__getitem__))
        return True

    def _drop_oldest(self, caller: str) -> None:
        shelf = self._shelves[caller]
        self._held -= shelf.drop_oldest()
        if not shelf.kept:
            del self._shelves[caller]
