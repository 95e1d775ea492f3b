"""How many calls may run at once: in all, and of each tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handrail.errors import Busy
from handrail.spec.server import ServerSpec

PATIENCE_SECONDS = 30.0
"""How long a call waits for a place; half of the shortest common client timeout."""


class Slots:
    """Places for calls. Who waits is served in order of arrival."""

    def __init__(
        self, total: int, by_tool: dict[str, int], patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._patience_seconds = patience_seconds
        self._total = asyncio.Semaphore(total)
        self._by_tool = {tool: asyncio.Semaphore(limit) for tool, limit in by_tool.items()}

    @classmethod
    def of(cls, spec: ServerSpec) -> Slots:
        """The places that a server file declares."""
        own = {tool.name: tool.concurrency for tool in spec.tools if tool.concurrency is not None}
        return cls(spec.limits.concurrency, own)

    @asynccontextmanager
    async def lease(self, tool: str) -> AsyncIterator[None]:
        """Hold a place for one call of `tool`. Raises `Busy` when none became free in time."""
        # The tool's own place first: whoever waits for that must not hold one that others want.
        own = self._by_tool.get(tool)
        places = [own, self._total] if own is not None else [self._total]
        taken: list[asyncio.Semaphore] = []
        try:
            try:
                async with asyncio.timeout(self._patience_seconds):
                    for place in places:
                        await place.acquire()
                        taken.append(place)
            except TimeoutError:
                raise Busy(
                    f"every place for `{tool}` is taken",
                    hint="Try again later.",
                    retry_after_seconds=self._patience_seconds,
                ) from None
            yield
        finally:
            for place in taken:
                place.release()
