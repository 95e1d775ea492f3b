"""Places for calls: as many as declared, callers in turn, given back whatever happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.errors import Busy
from handrail.meter.queue import FairQueue


@dataclass
class Scene:
    """Calls of a queue, which hold their place until they are told to end."""

    queue: FairQueue
    order: list[str] = field(default_factory=list)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)
    calls: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def send(self, name: str, tool: str = "t", most: int | None = None) -> None:
        """Send a call; its caller is the first letter of its name."""
        self.calls[name] = asyncio.ensure_future(self._call(name, tool, most))
        await asyncio.sleep(0)

    async def _call(self, name: str, tool: str, most: int | None) -> None:
        self.ends[name] = asyncio.Event()
        async with self.queue.place(name[0], tool, most):
            self.order.append(name)
            await self.ends[name].wait()

    async def end(self, name: str) -> None:
        """Let a call end, and the next ones begin."""
        self.ends[name].set()
        await asyncio.wait([self.calls[name]])
        await asyncio.sleep(0)

    async def cancel(self, name: str) -> None:
        """Cancel a call, and see it end."""
        self.calls[name].cancel()
        await asyncio.wait([self.calls[name]])

    async def close(self) -> None:
        """Let all of them end."""
        while any(not call.done() for call in self.calls.values()):
            for end in self.ends.values():
                end.set()
            await asyncio.sleep(0)


async def test_callers_take_turns_however_many_calls_one_sends() -> None:
    scene = Scene(FairQueue(1))
    for name in ("a1", "a2", "a3", "a4", "b1", "c1", "b2"):
        await scene.send(name)

    await scene.close()

    assert scene.order == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_who_waits_for_a_tool_holds_up_nothing_else() -> None:
    scene = Scene(FairQueue(2, {"slow": 1}))
    await scene.send("a1", "slow")
    await scene.send("a2", "slow")

    await scene.send("a3")
    assert scene.order == ["a1", "a3"]
    await scene.send("a4")
    await scene.end("a3")

    assert scene.order == ["a1", "a3", "a4"]
    await scene.close()


async def test_a_caller_with_all_that_they_may_have_holds_up_no_other() -> None:
    scene = Scene(FairQueue(3))
    for name in ("a1", "a2", "b1"):
        await scene.send(name, most=1)

    assert scene.order == ["a1", "b1"]
    await scene.end("a1")
    assert scene.order == ["a1", "b1", "a2"]
    await scene.close()


async def test_a_callers_tools_take_turns_too() -> None:
    scene = Scene(FairQueue(1))
    await scene.send("a1", "x")
    for name, tool in (("a2", "x"), ("a3", "x"), ("a4", "y")):
        await scene.send(name, tool)

    await scene.close()

    assert scene.order == ["a1", "a2", "a4", "a3"]


async def test_who_finds_no_place_in_time_is_told_what_is_taken() -> None:
    queue = FairQueue(1, patience_seconds=0.01)
    async with queue.place("a", "t"):
        with pytest.raises(Busy) as all_taken:
            async with queue.place("b", "u"):
                pass
        with pytest.raises(Busy) as own_taken:
            async with queue.place("a", "u", most=1):
                pass

    assert all_taken.value.message == "every place for `u` is taken"
    assert all_taken.value.retry_after_seconds == 0.01
    assert own_taken.value.message == "you may have 1 call at once"
    assert (queue.running, queue.waiting) == (0, 0)


async def test_a_full_queue_says_so_at_once_and_one_caller_fills_half_of_it() -> None:
    scene = Scene(FairQueue(1, most_waiting=4))
    for name in ("a1", "a2", "a3"):
        await scene.send(name)
    with pytest.raises(Busy, match="too many calls of yours wait already"):
        async with scene.queue.place("a", "t"):
            pass
    for name in ("b1", "c1"):
        await scene.send(name)
    with pytest.raises(Busy, match="too many calls wait already") as full:
        async with scene.queue.place("d", "t"):
            pass

    assert full.value.retry_after_seconds == 30
    assert scene.queue.waiting_of("a") == 2
    await scene.close()


async def test_a_place_is_given_back_when_its_holder_fails_or_is_cancelled() -> None:
    queue = FairQueue(1, {"t": 1}, patience_seconds=0.01)
    for failure in (RuntimeError, asyncio.CancelledError):
        with pytest.raises(failure):
            async with queue.place("a", "t", most=1):
                raise failure

    async with AsyncExitStack() as held:
        await held.enter_async_context(queue.place("a", "t", most=1))


async def test_a_place_that_comes_in_the_moment_of_a_cancellation_goes_to_the_next() -> None:
    scene = Scene(FairQueue(1))
    for name in ("a1", "b1", "c1"):
        await scene.send(name)
    scene.ends["a1"].set()
    while scene.queue.running_of("b") == 0:  # b1 has the place, and does not know it yet
        await asyncio.sleep(0)

    await scene.cancel("b1")

    assert "b1" not in scene.order
    assert scene.queue.running_of("c") == 1
    await scene.close()


_STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "end", "cancel"]), st.integers(0, 30)), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(steps=_STEPS, places=st.integers(1, 4), per_tool=st.integers(1, 2), own=st.integers(1, 3))
def test_whatever_happens_no_bound_is_passed_no_place_lost_and_nobody_waits_in_vain(
    steps: list[tuple[str, int]], places: int, per_tool: int, own: int
) -> None:
    async def play() -> None:
        scene = Scene(FairQueue(places, {"x": per_tool}, most_waiting=12))
        tools: dict[str, str] = {}
        for step, number in steps:
            await _play(scene, tools, step, number, own)
            if number % 3:  # otherwise the next step comes in the same moment
                await _settled(scene)
                _check(scene, tools, places, per_tool, own)
        await scene.close()
        assert (scene.queue.running, scene.queue.waiting) == (0, 0)
        assert scene.queue.waiting_of("a") == scene.queue.running_of("a") == 0

    asyncio.run(play())


async def _play(scene: Scene, tools: dict[str, str], step: str, number: int, own: int) -> None:
    if step == "send":
        name = f"{'abc'[number // 3 % 3]}{len(tools)}"
        tools[name] = "xyz"[number // 9 % 3]
        await scene.send(name, tools[name], own)
        return
    alive = sorted(name for name, call in scene.calls.items() if not call.done())
    if alive and step == "end":
        scene.ends[alive[number % len(alive)]].set()
    elif alive:
        scene.calls[alive[number % len(alive)]].cancel()


async def _settled(scene: Scene) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    for call in scene.calls.values():
        if call.done() and not call.cancelled():
            assert isinstance(call.exception(), Busy | None)


def _check(scene: Scene, tools: dict[str, str], places: int, per_tool: int, own: int) -> None:
    alive = {name for name, call in scene.calls.items() if not call.done()}
    running = alive & set(scene.order)
    callers = Counter(name[0] for name in running)
    of_tool = Counter(tools[name] for name in running)
    assert scene.queue.running == len(running) <= places
    assert of_tool["x"] <= per_tool
    assert all(count <= own for count in callers.values())
    assert scene.queue.waiting == len(alive - running)
    for name in alive - running:
        assert (
            len(running) == places
            or callers[name[0]] == own
            or (tools[name] == "x" and of_tool["x"] == per_tool)
        ), f"{name} waits for nothing"
