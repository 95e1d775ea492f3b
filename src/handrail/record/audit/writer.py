"""What is to be written is kept until it is, while the disk is full, failing, or another's turn."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from handrail.record.audit.facts import line
from handrail.record.audit.flush import Flush
from handrail.record.audit.presence import Presence
from handrail.record.audit.trail import PATIENCE_SECONDS, Trail

MOST_UNWRITTEN = 1000
"""Lines that are kept of calls without effects; of the others, there are no more than run."""
_PAUSE_SECONDS = 1.0
_log = structlog.stdlib.get_logger("handrail.audit")


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the file is behind: records that are not in it, and since when there are any."""

    records: int
    seconds: float


class Writer:
    """Writes to a trail, at once or as soon as it can."""

    def __init__(self, trail: Trail, presence: Presence, sync: Literal["always", "second"]) -> None:
        self._trail = trail
        self._presence = presence
        self._at_once = sync == "always"
        self._flush = Flush(trail.sync)
        self._unwritten: deque[str] = deque()
        self._behind_since = 0.0
        self._ended: list[str] = []
        self._dropped = 0
        self._faults: dict[str, OSError] = {}
        self._is_unsynced = False
        self._later: asyncio.Task[None] | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the last line could not be written, or not be forced to the disk."""
        return bool(self._faults)

    @property
    def lag(self) -> Lag:
        """How far the file is behind; may be asked in any thread."""
        records = len(self._unwritten) + self._dropped
        return Lag(records, time.monotonic() - self._behind_since if records else 0.0)

    async def begin(self, call_id: str, text: str) -> None:
        """Write that a call begins. Raises `OSError`: then nothing is known of it."""
        self._presence.began(call_id, self._trail.end)
        self._take(text)
        try:
            if "sync" in self._faults and not self._at_once:
                raise self._faults["sync"]
            await self._write()
        except OSError:
            with suppress(ValueError):  # another's try has written it meanwhile
                self._unwritten.remove(text)
            self._presence.ended(call_id, self._trail.end)
            raise

    def end(self, call_id: str, text: str) -> None:
        """Take that a call has ended; `write_now` or `write` must follow."""
        if self._presence.has(call_id):
            self._ended.append(call_id)
        elif len(self._unwritten) >= MOST_UNWRITTEN:
            self._dropped += 1
            return
        self._take(text)

    def write_now(self) -> bool:
        """Write if that takes no waiting; whether it is done with."""
        if self._at_once:
            return False
        try:
            self._append(0.0)
        except BlockingIOError:
            return False
        except OSError:
            self._see_to_it_later()
            return True
        self._written()
        return True

    async def write(self) -> None:
        """Write as far as that is possible now."""
        try:
            await self._write()
        except OSError:
            self._see_to_it_later()

    async def close(self) -> None:
        """Write what is left, and force it to the disk."""
        if self._later is not None:
            self._later.cancel()
            await asyncio.wait([self._later])
            self._later = None
        with suppress(OSError):
            await self._write()
            await self._force()
        if self._later is not None:
            self._later.cancel()
        if self._unwritten:
            _log.error("audit records are lost", records=len(self._unwritten) + self._dropped)
        else:
            self._presence.close()

    async def _write(self) -> None:
        try:
            self._append(0.0)
        except BlockingIOError:
            await asyncio.to_thread(self._append, PATIENCE_SECONDS)
        self._written()
        if self._at_once:
            await self._force()

    def _take(self, text: str) -> None:
        if not self._unwritten:
            self._behind_since = time.monotonic()
        self._unwritten.append(text)

    def _append(self, patience_seconds: float) -> None:
        """Write all there is; in any thread."""
        try:
            self._trail.append(self._unwritten, self._gap, patience_seconds)
        except BlockingIOError as busy:
            if patience_seconds:
                self._fails("write", busy)
            raise
        except OSError as failed:
            self._fails("write", failed)
            raise

    def _written(self) -> None:
        """What waited is in the file."""
        self._works("write")
        if not self._unwritten:
            self._let_go()
        if self._dropped:
            self._take(self._gap({"reason": "unwritten", "records": self._dropped}))
            self._dropped = 0
        if not self._at_once or self._unwritten:
            self._is_unsynced = True
            self._see_to_it_later()

    def _let_go(self) -> None:
        for call_id in self._ended:
            with suppress(OSError):  # then more is looked through when this server is killed
                self._presence.ended(call_id, self._trail.end)
        self._ended.clear()

    async def _force(self) -> None:
        self._is_unsynced = False
        try:
            await self._flush()
        except OSError as failed:
            self._fails("sync", failed)
            self._is_unsynced = True
            self._see_to_it_later()
            raise
        self._works("sync")

    def _see_to_it_later(self) -> None:
        if self._later is None or self._later.done():
            self._later = asyncio.ensure_future(self._tend())

    async def _tend(self) -> None:
        """Once a second, as long as there is something to do."""
        while self._unwritten or self._is_unsynced:
            await asyncio.sleep(_PAUSE_SECONDS)
            with suppress(OSError):
                if self._unwritten:
                    await self._write()
                await self._force()

    def _gap(self, loss: Mapping[str, Any]) -> str:
        return line("gap", self._presence.name, loss)

    def _fails(self, what: str, fault: OSError) -> None:
        if not self._faults:
            _log.error(
                "audit is failing: tools with effects are refused",
                file=str(self._trail.place.file),
                error=fault.strerror or str(fault),
            )
        self._faults[what] = fault

    def _works(self, what: str) -> None:
        if self._faults.pop(what, None) is not None and not self._faults:
            _log.warning("audit works again", file=str(self._trail.place.file))
