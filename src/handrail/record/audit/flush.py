"""Forcing what was written to the disk, once for all who wait at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Flush:
    """Does `force` in a thread; it covers what was written before it began."""

    def __init__(self, force: Callable[[], None]) -> None:
        self._force = force
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        """Return when all that is written now is on the disk. Raises `OSError`."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._run())
        # Who is cancelled takes nothing from the others.
        await asyncio.shield(self._next)

    async def _run(self) -> None:
        async with self._turn:
            self._next = None  # who comes from here on may have written too late for this one
            await asyncio.to_thread(self._force)
