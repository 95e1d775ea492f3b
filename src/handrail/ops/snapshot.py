"""What goes on in a server, as of now: the same facts for `handrail top` and whoever else asks."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from handrail.call import Line
from handrail.meter.store import Away
from handrail.meter.traffic import Flight, Stage
from handrail.record.tally import Tally

_MOST_CALLERS = 100
_MOST_FLIGHTS = 200
Facts = dict[str, Any]


async def snapshot(line: Line, tally: Tally, began: float) -> Facts:
    """The facts, ready for JSON. `began` is when the server did (time.monotonic)."""
    flights = line.traffic.flights
    return {
        "server": line.spec.server.name,
        "pid": os.getpid(),
        "seconds": time.monotonic() - began,
        "tier": line.means.tier.value,
        "draining": line.traffic.draining,
        "store": line.spec.access.store.partition(":")[0],
        "store_is_away": line.meter.is_away,
        "audit_is_failing": line.recorder.is_failing,
        "calls": tally.all.calls,
        "refused": dict(tally.all.refused),
        "callers": [await _with_budget(one, line) for one in _callers(flights, tally)],
        "flights": [_flight(flight) for flight in flights[:_MOST_FLIGHTS]],
    }


def _callers(flights: list[Flight], tally: Tally) -> list[Facts]:
    """Those with calls in flight, then those who called last, as many as anybody reads."""
    names = dict.fromkeys([flight.caller for flight in flights] + list(tally.callers)[::-1])
    stages = Counter((flight.caller, flight.stage) for flight in flights)
    return [
        {
            "name": name,
            "running": stages[name, Stage.RUNNING],
            "waiting": stages[name, Stage.WAITING],
            **_counted(name, tally),
        }
        for name in list(names)[:_MOST_CALLERS]
    ]


async def _with_budget(caller: Facts, line: Line) -> Facts:
    """With what the caller has used, of how much, and for how many seconds that counts."""
    try:
        used = await line.meter.used(caller["name"])
    except Away:
        used = {}
    return {**caller, "used": used}


def _counted(name: str, tally: Tally) -> Mapping[str, Any]:
    count = tally.callers.get(name)
    if count is None:
        return {"calls": 0, "refused": {}}
    return {"calls": count.calls, "refused": dict(count.refused)}


def _flight(flight: Flight) -> Facts:
    return {
        "call_id": flight.call_id,
        "tool": flight.tool,
        "caller": flight.caller,
        "stage": flight.stage.value,
        "seconds": time.monotonic() - flight.began,
        "command": flight.command(),
    }
