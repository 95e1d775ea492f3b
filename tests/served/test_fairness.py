"""One caller sends many calls, and others theirs: these are done as if they were alone."""

from __future__ import annotations

import asyncio

from handrail.meter.account import Account
from handrail.meter.memory import MemoryStore
from handrail.meter.meter import Meter
from tests.builders import server, tool

_FEW, _MANY = 5, 500
_QUIET = [f"quiet{n}" for n in range(9)]


class Day:
    """Time in rounds: every call that has a place when a round begins is done when it ends."""

    def __init__(self) -> None:
        self.spec = server(tool())
        self.meter = Meter(self.spec, MemoryStore())
        self._calls: list[asyncio.Task[None]] = []
        self._running: list[asyncio.Event] = []

    def send(self, caller: str, count: int) -> list[asyncio.Task[None]]:
        sent = [asyncio.ensure_future(self._call(caller)) for _ in range(count)]
        self._calls += sent
        return sent

    async def _call(self, caller: str) -> None:
        async with self.meter.lease(Account(caller, self.spec.access.limits), self.spec.tools[0]):
            done = asyncio.Event()
            self._running.append(done)
            await done.wait()

    async def rounds_until(self, calls: list[asyncio.Task[None]]) -> int:
        """How many rounds it takes until all of `calls` are done."""
        rounds = 0
        while not all(call.done() for call in calls):
            for _ in range(20):  # everybody who may go on does
                await asyncio.sleep(0)
            for done in self._running:
                done.set()
            self._running.clear()
            rounds += 1
        return rounds

    async def end(self) -> None:
        await self.rounds_until(self._calls)
        await self.meter.close()


async def test_a_caller_with_500_calls_holds_up_nine_with_five_by_less_than_twice() -> None:
    alone = Day()
    rounds_alone = await alone.rounds_until([c for one in _QUIET for c in alone.send(one, _FEW)])
    await alone.end()

    together = Day()
    together.send("noisy", _MANY)
    await asyncio.sleep(0)  # the noisy one has every place before the others come
    quiet = [call for one in _QUIET for call in together.send(one, _FEW)]
    rounds_together = await together.rounds_until(quiet)

    assert together.meter.queue.waiting_of("noisy") > _MANY // 2, "it waits much longer"
    await together.end()
    assert rounds_alone == 4
    assert rounds_together <= 2 * rounds_alone
