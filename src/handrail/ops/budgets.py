"""How full budgets are: asked of the store every few seconds, so that no scrape waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from handrail.meter.meter import Bound, Meter
from handrail.meter.store import Away
from handrail.ops.looking import again_and_again

_EVERY_SECONDS = 2.0
_PATIENCE_SECONDS = 2.0


class Budgets:
    """What the last look found; nothing when the store did not answer."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self.fullest: Mapping[Bound, float] = {}
        """Of every quota, the largest share that is used (`Meter.fullest`)."""

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Budgets]:
        """Look at them meanwhile, time and again."""
        async with again_and_again(self._look, _EVERY_SECONDS):
            yield self

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                self.fullest = await self._meter.fullest()
        except (Away, TimeoutError):
            self.fullest = {}
