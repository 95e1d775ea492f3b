"""What do budgets of very many callers take of a server's memory, and of its time?"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.table import Table
from handrail.meter.account import Account
from handrail.meter.memory import MemoryStore
from handrail.meter.meter import Meter
from handrail.spec.access import BudgetTable
from handrail.spec.server import ServerSpec
from handrail.spec.tool import CommandSpec

ROUNDS = 1
_CALLERS = 100_000
_MIB = 1 << 20
_BUDGET = {"rate": "60/minute", "calls": "1000/day", "cpu": "20m/hour", "concurrency": 4}


async def measure(rounds: int = ROUNDS) -> Table:
    """A call by each of 100,000 callers, as many times as there are rounds."""
    meter = Meter(ServerSpec(config_version=1), MemoryStore())
    tool = CommandSpec(name="true", description="Do nothing.", program="true")
    budget = BudgetTable.model_validate(_BUDGET)
    before, took = _resident_bytes(), []
    for _ in range(rounds):
        for number in range(_CALLERS):
            began = time.perf_counter()
            async with meter.lease(Account(f"jwt:{number:036}", budget), tool):
                pass
            took.append(time.perf_counter() - began)
    grown = (_resident_bytes() - before) / _MIB
    await meter.close()
    took.sort()
    return Table(
        "accounts",
        f"{_CALLERS:,} callers, each with a rate, a number of calls and processor time",
        [],
        {
            "memory": f"{grown:.0f} MiB (<= 100)",
            "a call, median": f"{took[len(took) // 2] * 1e6:.0f} µs",
            "a call, longest": f"{took[-1] * 1e3:.0f} ms",
        },
    )


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096
