"""The calls in flight, and the end of taking new ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from handrail.errors import Draining

_STOP_SECONDS = 2.0
"""More than it takes to kill everything that a call started."""


class Traffic:
    """Knows the calls in flight. Once draining, no new ones are let in."""

    def __init__(self) -> None:
        self.draining = False
        self._stops: set[Callable[[], None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def counted(self, stop: Callable[[], None]) -> Iterator[None]:
        """Count one call for as long as it lasts; `stop` ends it early.

        Raises `Draining` when no new calls are taken.
        """
        if self.draining:
            raise Draining("the server is shutting down", hint="Connect again in a moment.")
        self._stops.add(stop)
        self._idle.clear()
        try:
            yield
        finally:
            self._stops.discard(stop)
            if not self._stops:
                self._idle.set()

    async def drain(self, patience_seconds: float) -> None:
        """Take no new calls, give those in flight this long, then stop them and see them end."""
        self.draining = True
        await self._wait_idle(patience_seconds)
        for stop in list(self._stops):
            stop()
        await self._wait_idle(_STOP_SECONDS)

    async def _wait_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
