"""What a caller may use, and what they are told when they may not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from handrail.errors import Busy, CallError, QuotaExhausted, RateLimited
from handrail.meter.account import Account, Usage
from handrail.meter.memory import MemoryStore
from handrail.meter.meter import Bound, Meter
from handrail.meter.redis import RedisStore
from handrail.meter.sqlite import SqliteStore
from handrail.meter.store import Store
from handrail.spec.server import ServerSpec
from handrail.spec.tool import ToolSpec
from tests.builders import server, tool
from tests.redis_server import RedisServer

NOON = 1_800_000_000 // 86_400 * 86_400 + 43_200
_prefixes = itertools.count()


@dataclass
class Bench:
    """A meter whose time is the test's."""

    spec: ServerSpec
    now: float = NOON

    def __post_init__(self) -> None:
        self.meter = Meter(self.spec, MemoryStore(lambda: self.now))

    async def call(
        self, caller: str = "alice", usage: Usage | None = None, tool: ToolSpec | None = None
    ) -> None:
        """One call, from beginning to end."""
        account = Account(caller, self.spec.access.limits)
        async with self.meter.lease(account, tool or self.spec.tools[0]) as pay:
            pay(usage or Usage())

    async def counted(self, what: str, amount: int) -> None:
        """Wait until so much is counted of alice: it is done after her calls."""
        while (await self.meter.used("alice"))[what][0] != amount:
            await asyncio.sleep(0.01)


def bench(tool_keys: dict[str, Any] | None = None, **access: Any) -> Bench:
    return Bench(server(tool(**(tool_keys or {})), access=access))


async def refusal(call: Any) -> CallError:
    with pytest.raises(CallError) as refused:
        await call
    return refused.value


async def test_a_quota_is_each_callers_own_and_whole_again_in_the_next_window() -> None:
    scene = bench(limits={"calls": "2/day"})
    await scene.call()
    await scene.call()

    refused = await refusal(scene.call())

    assert isinstance(refused, QuotaExhausted)
    assert refused.message == "your budget of 2 calls per day is used up"
    assert refused.hint == "Try again in 12 h."
    assert refused.retry_after_seconds == 43_200
    await scene.call("bob")
    scene.now += 43_200
    await scene.call()


async def test_a_rate_is_told_apart_and_says_when_to_come_again() -> None:
    scene = bench(limits={"rate": "3/minute"})
    for _ in range(3):
        await scene.call()
        scene.now += 10

    refused = await refusal(scene.call())

    assert isinstance(refused, RateLimited)
    assert refused.message == "your rate of 3 calls per minute is reached"
    assert refused.retry_after_seconds == pytest.approx(30)
    await scene.call("bob")
    scene.now += 30
    await scene.call()


async def test_a_burst_bounds_how_many_come_at_once() -> None:
    scene = bench(limits={"rate": "60/minute burst 2"})
    await scene.call()
    await scene.call()

    refused = await refusal(scene.call())

    assert isinstance(refused, RateLimited)
    assert refused.retry_after_seconds == pytest.approx(2)
    scene.now += 2
    await scene.call()


async def test_a_tools_rate_is_that_of_all_callers_and_names_none() -> None:
    scene = bench({"rate": "1/minute"})
    await scene.call("alice")

    refused = await refusal(scene.call("bob"))

    assert isinstance(refused, RateLimited)
    assert refused.message == "the tool `t`'s rate of 1 call per minute is reached"


async def test_the_total_is_that_of_all_callers_and_names_none() -> None:
    scene = bench(total={"calls": "1/day"})
    await scene.call("alice")

    refused = await refusal(scene.call("bob"))

    assert isinstance(refused, QuotaExhausted)
    assert refused.message == "the server's budget of 1 call per day is used up"


@pytest.mark.parametrize(
    ("budget", "usage", "said"),
    [
        ({"cpu": "2s/hour"}, Usage(cpu=1.5), "your budget of 2s of processor time per hour"),
        ({"wall": "2s/hour"}, Usage(wall=1.5), "your budget of 2s of running time per hour"),
        ({"output": "2KiB/hour"}, Usage(output=1500), "your budget of 2KiB of output per hour"),
        (
            {"stored": "2KiB/hour"},
            Usage(stored=1500),
            "your budget of 2KiB of stored data per hour",
        ),
    ],
    ids=["cpu", "wall", "output", "stored"],
)
async def test_a_call_starts_while_anything_is_left_and_may_end_beyond(
    budget: dict[str, str], usage: Usage, said: str
) -> None:
    scene = bench(limits=budget)
    (what,) = budget
    for amount in (1500, 3000):
        await scene.call(usage=usage)
        await scene.counted(what, amount)

    refused = await refusal(scene.call())

    assert isinstance(refused, QuotaExhausted)
    assert refused.message == f"{said} is used up"
    assert refused.retry_after_seconds == 3600


async def test_a_refused_call_costs_nothing() -> None:
    scene = bench(total={"rate": "2/minute"}, limits={"calls": "1/day"})
    await scene.call("alice")
    for _ in range(3):
        assert isinstance(await refusal(scene.call("alice")), QuotaExhausted)

    await scene.call("bob")


async def test_who_may_have_one_place_waits_for_it_and_others_do_not() -> None:
    scene = bench(limits={"concurrency": 1})
    account = Account("alice", scene.spec.access.limits)
    async with scene.meter.lease(account, scene.spec.tools[0]):
        waiting = asyncio.ensure_future(scene.call("alice"))
        await scene.call("bob")
        assert not waiting.done()
    await waiting


async def test_everybody_together_may_have_fewer_places_than_the_server_has() -> None:
    scene = bench(total={"concurrency": 1})
    account = Account("alice", scene.spec.access.limits)
    async with scene.meter.lease(account, scene.spec.tools[0]):
        waiting = asyncio.ensure_future(scene.call("bob"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_what_was_used_can_be_asked() -> None:
    scene = bench(limits={"calls": "10/day", "cpu": "20s/hour"})
    await scene.call(usage=Usage(cpu=5))
    await scene.counted("cpu", 5000)

    assert await scene.meter.used("alice") == {
        "calls": (1, 10, 43_200),
        "cpu": (5000, 20_000, 3600),
    }
    assert await scene.meter.used("bob") == {}


async def test_of_every_quota_it_is_known_how_full_the_fullest_is() -> None:
    scene = bench(limits={"calls": "4/day"}, total={"calls": "10/day", "cpu": "1s/hour"})
    assert await scene.meter.fullest() == {
        Bound("calls", "all", 86_400): 0.0,
        Bound("cpu", "all", 3_600): 0.0,
    }
    for caller in ("alice", "bob", "bob", "carol"):
        await scene.call(caller, Usage(cpu=0.5))
    await scene.meter.close()  # what was used is counted by then
    assert await scene.meter.fullest() == {
        Bound("calls", "caller", 86_400): 0.5,
        Bound("calls", "all", 86_400): 0.4,
        Bound("cpu", "all", 3_600): 2.0,
    }


@pytest.fixture
async def stores(redis: RedisServer) -> AsyncIterator[list[RedisStore]]:
    """What two servers with one budget count in."""
    prefix = f"meter{next(_prefixes)}"
    stores = [RedisStore(redis.url, prefix) for _ in range(2)]
    yield stores
    for store in stores:
        await store.close()


async def test_servers_that_share_a_redis_share_places(stores: list[RedisStore]) -> None:
    spec = server(tool(), access={"limits": {"concurrency": 1}})
    mine, theirs = (Meter(spec, store) for store in stores)
    account = Account("alice", spec.access.limits)

    async def call(meter: Meter) -> None:
        async with meter.lease(account, spec.tools[0]):
            pass

    async with mine.lease(account, spec.tools[0]):
        waiting = asyncio.ensure_future(call(theirs))
        while theirs.queue.running == 0:  # it has a place here, and asks for one there
            await asyncio.sleep(0)
        while theirs.queue.running:
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    await asyncio.gather(mine.close(), theirs.close())


async def test_no_place_is_lost_however_early_calls_are_given_up(stores: list[RedisStore]) -> None:
    spec = server(tool(), access={"limits": {"concurrency": 3}})
    meter, other = (Meter(spec, store) for store in stores)
    account = Account("alice", spec.access.limits)

    async def call() -> None:
        async with meter.lease(account, spec.tools[0]):
            await asyncio.sleep(300)

    for pause in range(30):
        calls = [asyncio.ensure_future(call()) for _ in range(3)]
        await asyncio.sleep(pause * 0.0001)
        for one in calls:
            one.cancel()
        await asyncio.wait(calls)

    assert (meter.queue.running, meter.queue.waiting) == (0, 0)
    await meter.close()
    async with asyncio.timeout(5):  # leases would hold them for 15
        async with AsyncExitStack() as held:
            for _ in range(3):
                await held.enter_async_context(other.lease(account, spec.tools[0]))
    await other.close()


async def test_without_its_store_nothing_with_effects_goes_on_and_the_log_says_so_once(
    tmp_path: Path,
) -> None:
    store: Store = SqliteStore(tmp_path / "none" / "meter.sqlite")
    (tmp_path / "none").write_text("in the way")
    reads, writes = tool(name="reads"), tool(name="writes", effect="write")
    access = {"limits": {"calls": "10/day"}, "without_store": "read"}
    spec = server(reads, writes, access=access)
    meter = Meter(spec, store)
    account = Account("alice", spec.access.limits)

    with capture_logs() as logs:
        for _ in range(3):
            refused = await refusal(meter.lease(account, writes).__aenter__())
            assert isinstance(refused, Busy)
            assert refused.retry_after_seconds == 5
            async with meter.lease(account, reads) as pay:
                pay(Usage())

        assert meter.is_away
        (tmp_path / "none").unlink()
        async with asyncio.timeout(10):
            while meter.is_away:
                async with meter.lease(account, reads):
                    await asyncio.sleep(0.05)
        async with meter.lease(account, writes):
            pass

    assert [line["event"] for line in logs] == [
        "the store of budgets is away",
        "the store of budgets answers again",
    ]
    await meter.close()


async def test_without_its_store_reads_stop_too_unless_the_file_says_otherwise(
    tmp_path: Path,
) -> None:
    spec = server(tool(), access={"limits": {"calls": "10/day"}})
    meter = Meter(spec, SqliteStore(Path("/proc/none/meter.sqlite")))

    refused = await refusal(
        meter.lease(Account("alice", spec.access.limits), spec.tools[0]).__aenter__()
    )

    assert isinstance(refused, Busy)
    assert "/proc" not in f"{refused.message} {refused.hint}"
    await meter.close()
