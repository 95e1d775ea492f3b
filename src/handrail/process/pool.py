"""The zygotes: a few kept warm, one for each call that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType

import anyio

from handrail.errors import Draining
from handrail.process.cgroup import Cgroups
from handrail.process.spawner import Spawner
from handrail.sandbox.cell import Cell
from handrail.spec.server import Tier

_WARM = 2
_CALLS_PER_SPAWNER = 1000
_GOING_DOWN = "the server is going down"


class Pool:
    """Hands out spawners, each to one call at a time; grows on demand, keeps what it grew.

    How many calls run at once is the meter's business. Use as an async context manager: on
    the way out, every spawner ends, and every process of every call with it.
    """

    def __init__(
        self, *, most_idle: int, warm: Sequence[Cell] = (), cgroups: Cgroups | None = None
    ) -> None:
        self._most_idle = most_idle
        self._cgroups = cgroups
        self.started = 0
        """How many spawners there have been."""
        self._warm = warm
        self._idle: list[Spawner] = []
        self._all: set[Spawner] = set()
        self._leaving: set[asyncio.Future[None]] = set()
        self._closed = False
        self.is_failing = False
        """Whether the last spawner that was wanted could not be started."""

    async def __aenter__(self) -> Pool:
        try:
            for cell in self._warm:
                for _ in range(min(_WARM, self._most_idle)):
                    self._idle.append(self._grow(cell))
        except OSError:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def size(self) -> int:
        """How many spawners there are, idle or with a call."""
        return len(self._all)

    @property
    def idle(self) -> int:
        """How many wait for calls."""
        return len(self._idle)

    def acquire(self, cell: Cell, root: tuple[int, int] = (0, 0)) -> Spawner:
        """A spawner in `cell` that is free, and whose view is of the folder `root`.

        `root` is a device and an inode; a view of another folder by that name is of no more use.

        Raises `Draining` when the pool is closed, and `OSError` when none can be started.
        """
        if self._closed:
            raise Draining(_GOING_DOWN)
        for spawner in [one for one in reversed(self._idle) if one.cell == cell]:
            self._idle.remove(spawner)
            if spawner.ready() and spawner.root == root:
                return spawner
            self._discard(spawner)
        return self._grow(cell, root)

    def release(self, spawner: Spawner) -> None:
        """Take back a spawner. It ends here when it is worn, or has something left of its call.

        When there are too many, the one that was idle longest ends.
        """
        if spawner.calls >= _CALLS_PER_SPAWNER or self._closed or not spawner.free:
            self._discard(spawner)
            return
        self._idle.append(spawner)
        if len(self._idle) > self._most_idle:
            self._discard(self._idle.pop(0))

    def _discard(self, spawner: Spawner) -> None:
        spawner.close()
        if spawner in self._all:
            self._all.remove(spawner)
            leaving = asyncio.get_running_loop().run_in_executor(None, spawner.zygote.wait)
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _grow(self, cell: Cell, root: tuple[int, int] = (0, 0)) -> Spawner:
        self.started += 1
        group = None
        if self._cgroups is not None and cell.tier is not Tier.NONE:
            group = self._cgroups.make(f"{id(self):x}-{self.started}")
        try:
            spawner = Spawner(cell, group, root)
        except OSError:
            self.is_failing = True
            if group is not None:
                group.remove()
            raise
        self.is_failing = False
        self._all.add(spawner)
        return spawner

    async def _close(self) -> None:
        """End every spawner, and wait until they are gone; calls that still run fail."""
        self._closed = True
        self._idle.clear()
        for spawner in list(self._all):
            spawner.close(Draining(_GOING_DOWN))
            self._discard(spawner)
        with anyio.CancelScope(shield=True):
            await asyncio.gather(*self._leaving)
