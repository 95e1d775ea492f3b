"""What the console shows of a server as of now, looked at once for however many look."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from handrail.call import Line
from handrail.ops.console.calls import row
from handrail.ops.inside import Inside
from handrail.ops.readiness import Readiness
from handrail.ops.snapshot import snapshot
from handrail.record.rates import SPAN_SECONDS, Rates
from handrail.record.recent import Recent
from handrail.record.tally import Tally

_FRESH_SECONDS = 0.5
Facts = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """What is known of a server's calls, and where that is found."""

    line: Line
    readiness: Readiness
    tally: Tally
    recent: Recent
    rates: Rates
    began: float
    """When the server did (time.monotonic)."""

    async def facts(self) -> Facts:
        """All that the page shows but a single call; in the server's loop."""
        return {
            **await snapshot(self.line, self.tally, self.began),
            "failing": self.readiness.failing,
            "recent": [row(one.record) for one in self.recent.ended],
            "rates": _rates(self.rates),
        }


@dataclass(slots=True)
class Now:
    """The facts as JSON. Who asks within half a second is told the same, and takes no new look."""

    inside: Inside
    seen: Seen
    _told: bytes = b""
    _fresh_until: float = 0.0
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def told(self) -> bytes:
        """The facts. Raises `TimeoutError` when the server's loop does not answer."""
        async with self._looking:
            if time.monotonic() > self._fresh_until:
                self._told = json.dumps(await self.inside.hear(self.seen.facts)).encode()
                self._fresh_until = time.monotonic() + _FRESH_SECONDS
            return self._told


def _rates(rates: Rates) -> Facts:
    moments = rates.last()
    return {
        "span_seconds": SPAN_SECONDS,
        "calls": [one.calls for one in moments],
        "failed": [one.failed for one in moments],
        "refused": [one.refused for one in moments],
        "median": [one.quantile(0.5) for one in moments],
        "p95": [one.quantile(0.95) for one in moments],
    }
