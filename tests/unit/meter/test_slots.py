"""Places for calls: as many as declared, in order of arrival, given back whatever happens."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from handrail.errors import Busy
from handrail.meter.slots import Slots


async def test_who_finds_no_place_in_time_is_told_that_the_server_is_busy() -> None:
    slots = Slots(1, {}, patience_seconds=0.01)
    async with slots.lease("a"):
        with pytest.raises(Busy) as refused:
            async with slots.lease("b"):
                pass

    assert refused.value.message == "every place for `b` is taken"
    assert refused.value.retry_after_seconds == 0.01


async def test_a_full_tool_leaves_places_to_others() -> None:
    slots = Slots(2, {"a": 1}, patience_seconds=0.01)
    async with slots.lease("a"):
        with pytest.raises(Busy):
            async with slots.lease("a"):
                pass
        async with slots.lease("b"):
            pass


async def test_who_waits_for_a_tool_holds_no_place_that_others_want() -> None:
    slots = Slots(2, {"a": 1})
    async with AsyncExitStack() as held:
        await held.enter_async_context(slots.lease("a"))
        waiting = asyncio.ensure_future(held.enter_async_context(slots.lease("a")))
        await asyncio.sleep(0)
        async with slots.lease("b"):
            pass
        waiting.cancel()
        await asyncio.wait([waiting])


async def test_a_place_is_given_back_when_its_holder_fails_or_is_cancelled() -> None:
    slots = Slots(1, {"a": 1}, patience_seconds=0.01)
    for failure in (RuntimeError, asyncio.CancelledError):
        with pytest.raises(failure):
            async with slots.lease("a"):
                raise failure
    async with slots.lease("a"):
        waiting = asyncio.ensure_future(slots.lease("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with slots.lease("a"):
        pass
