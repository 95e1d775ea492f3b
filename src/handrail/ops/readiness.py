"""Whether a server is ready for calls: what that needs is looked at every few seconds."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from handrail.call import Line
from handrail.meter.store import Away
from handrail.ops.looking import again_and_again
from handrail.plan.host import Host
from handrail.spec.tool import Effect

_EVERY_SECONDS = 2.0
_PATIENCE_SECONDS = 2.0
_LEAST_FREE_BYTES = 64 * 1024**2
"""For output that is kept, and for the audit."""
_log = structlog.stdlib.get_logger("handrail.health")


class Readiness:
    """What is amiss, by name; nothing when the server is ready.

    Whoever asks is told what the last look found, so that any number of probes costs nothing.
    """

    def __init__(self, line: Line, host: Host) -> None:
        self._line = line
        self._workspace = host.workspace
        self._writes = any(tool.effect is not Effect.READ for tool in line.spec.tools)
        self._failing: tuple[str, ...] = ()

    @property
    def tier(self) -> str:
        """The tier that is in force."""
        return self._line.means.tier.value

    @property
    def failing(self) -> tuple[str, ...]:
        """What is amiss. `draining` is said at once."""
        return (*self._failing, *(("draining",) if self._line.traffic.draining else ()))

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Readiness]:
        """Look at it meanwhile, time and again."""
        async with again_and_again(self._look, _EVERY_SECONDS):
            yield self

    async def _look(self) -> None:
        found = tuple([name async for name in self._amiss()])
        if found != self._failing:
            self._failing = found
            if found:
                _log.error("not ready", failing=found)
            else:
                _log.info("ready again")

    async def _amiss(self) -> AsyncIterator[str]:
        for name in await self._amiss_on_disk():
            yield name
        if await self._store_is_away():
            yield "store"
        if self._line.pool.is_failing:
            yield "pool"
        if self._line.recorder.is_failing:
            yield "audit"

    async def _store_is_away(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._line.meter.ask()
        except (Away, TimeoutError):
            return True
        return False

    async def _amiss_on_disk(self) -> list[str]:
        """In a thread: a disk that hangs, as those of networks do, holds up nothing else."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await asyncio.to_thread(self._look_at_disks)
        except TimeoutError:
            return ["disk"]

    def _look_at_disks(self) -> list[str]:
        amiss = [] if self._workspace_is_usable() else ["workspace"]
        return amiss if self._state_has_room() else [*amiss, "disk"]

    def _state_has_room(self) -> bool:
        folder = _existing(self._line.state)
        with suppress(OSError):
            return os.access(folder, os.W_OK) and (
                shutil.disk_usage(folder).free >= _LEAST_FREE_BYTES
            )
        return False

    def _workspace_is_usable(self) -> bool:
        if not self._workspace.is_dir():
            return False
        with suppress(OSError):
            return not (self._writes and os.statvfs(self._workspace).f_flag & os.ST_RDONLY)
        return False


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else folder.parent
