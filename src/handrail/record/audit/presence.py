"""A server that writes to an audit is known to live, and to have died, by a lock on a file.

The kernel lets go of the lock when the process is gone, however it went. The file says where the
oldest call of the server that still runs began: so what a dead one left need not be looked for
further back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handrail.record.audit.place import Place
from handrail.record.audit.trail import Spot

_FIRST = Spot(0, 0)
_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


class Presence:
    """This server, as others see it, by a name that no other has."""

    def __init__(self, place: Place, name: str, since: Spot) -> None:
        self.name = name
        self._path = place.server(self.name)
        self._running: dict[str, Spot] = {}
        self._mark = _FIRST
        draft = self._path.with_name(f"{self._path.name}.new")
        self._descriptor = os.open(draft, _FLAGS | os.O_CREAT | os.O_EXCL, mode=0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._move(since)
        draft.rename(self._path)  # nobody finds it and can have the lock

    def began(self, call_id: str, after: Spot) -> None:
        """A call begins, somewhere `after`."""
        self._running[call_id] = after

    def ended(self, call_id: str, now: Spot) -> None:
        """A call has ended: what runs now began later. Raises `OSError`."""
        if self._running.pop(call_id, None) is not None:
            self._move(next(iter(self._running.values()), now))

    def has(self, call_id: str) -> bool:
        """Whether a call has begun, and its end is not written yet."""
        return call_id in self._running

    def close(self) -> None:
        """It ends as it should; that nothing of it runs any more is written already."""
        os.close(self._descriptor)
        with suppress(OSError):
            self._path.unlink()

    def _move(self, mark: Spot) -> None:
        if mark != self._mark:
            os.pwrite(self._descriptor, f"{mark.file:020} {mark.offset:020}\n".encode(), 0)
            self._mark = mark


@dataclass(frozen=True, slots=True)
class Dead:
    """A server that was killed: nobody holds its file any more, except whoever looks at it."""

    name: str
    since: Spot
    """Where its oldest call that was running began, or before."""
    path: Path
    descriptor: int

    def forget(self) -> None:
        """All that it left has been told."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of its file, for another to look at."""
        os.close(self.descriptor)


def dead(place: Place) -> Iterator[Dead]:
    """The servers that were killed, each for the first that asks. Raises `OSError`."""
    for name, path in place.servers():
        try:
            descriptor = os.open(path, _FLAGS)
        except FileNotFoundError:  # it ended
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # it lives
            os.close(descriptor)
            continue
        yield Dead(name, _spot(os.pread(descriptor, 64, 0)), path, descriptor)


def _spot(raw: bytes) -> Spot:
    try:
        file, offset = map(int, raw.split())
    except ValueError:  # killed before it wrote it
        return _FIRST
    return Spot(file, offset)
