"""Places for calls, and the queue for them: every caller in turn, however many calls one sends."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from handrail.errors import Busy

PATIENCE_SECONDS = 30.0
"""How long a call waits for a place; half of the shortest common client timeout."""
_MOST_WAITING = 1024
"""Calls that wait at once; half of them may be one caller's."""

_Lane = OrderedDict[asyncio.Future[None], None]
"""A caller's calls of one tool that wait, in order of arrival."""


@dataclass(slots=True)
class _Waiting:
    """What one caller waits for, by tool, and how many places they may have at once."""

    lanes: dict[str, _Lane] = field(default_factory=dict)
    most: int | None = None

    def __len__(self) -> int:
        return sum(map(len, self.lanes.values()))


class FairQueue:
    """So many places in all, and of each tool in `by_tool`.

    Callers take turns. A call for which there is no place of its tool holds up no other tool's,
    and a caller who may have no more at once holds up no other caller.
    """

    def __init__(
        self,
        places: int,
        by_tool: Mapping[str, int] | None = None,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._places = places
        self._places_by_tool = by_tool or {}
        self._patience_seconds = patience_seconds
        self._most_waiting = most_waiting
        self._running_by_caller = Counter[str]()
        self._running_by_tool = Counter[str]()
        # Whose turn it is comes first.
        self._callers: OrderedDict[str, _Waiting] = OrderedDict()
        self.running = 0
        self.waiting = 0

    def running_of(self, caller: str) -> int:
        """How many places a caller has."""
        return self._running_by_caller[caller]

    def waiting_of(self, caller: str) -> int:
        """How many calls of a caller wait."""
        return len(self._callers.get(caller, ()))

    def has_place(self, caller: str, tool: str, most: int | None = None) -> bool:
        """Whether a call would have its place at once."""
        return self._lack(caller, tool, most) is None

    @asynccontextmanager
    async def place(self, caller: str, tool: str, most: int | None = None) -> AsyncIterator[None]:
        """Hold a place for a call of `tool` by `caller`, who may have `most` at once.

        Raises `Busy` when none became free in time, and at once when too many wait already.
        """
        if self._lack(caller, tool, most) is None:
            self._take(caller, tool)
        else:
            await self._wait(caller, tool, most)
        try:
            yield
        finally:
            self._give_back(caller, tool)

    async def _wait(self, caller: str, tool: str, most: int | None) -> None:
        turn = self._join(caller, tool, most)
        came = False
        try:
            async with asyncio.timeout(self._patience_seconds):
                await turn
            came = True
        except TimeoutError:
            lack = self._lack(caller, tool, most) or _taken(tool)
            raise self._busy(lack) from None
        finally:
            if not came:
                self._give_up(caller, tool, turn)

    def _join(self, caller: str, tool: str, most: int | None) -> asyncio.Future[None]:
        if self.waiting >= self._most_waiting:
            raise self._busy("too many calls wait already")
        if self.waiting_of(caller) >= self._most_waiting // 2:
            raise self._busy("too many calls of yours wait already")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._callers.setdefault(caller, _Waiting())
        queue.most = most
        queue.lanes.setdefault(tool, OrderedDict())[turn] = None
        self.waiting += 1
        return turn

    def _leave(self, caller: str, tool: str, turn: asyncio.Future[None]) -> None:
        queue = self._callers[caller]
        lane = queue.lanes[tool]
        del lane[turn]
        self.waiting -= 1
        if not lane:
            del queue.lanes[tool]
        if not queue.lanes:
            del self._callers[caller]

    def _give_up(self, caller: str, tool: str, turn: asyncio.Future[None]) -> None:
        if turn.cancelled():
            self._leave(caller, tool, turn)
        else:  # its turn came in the same moment
            self._give_back(caller, tool)

    def _take(self, caller: str, tool: str) -> None:
        self.running += 1
        self._running_by_caller[caller] += 1
        self._running_by_tool[tool] += 1

    def _give_back(self, caller: str, tool: str) -> None:
        self.running -= 1
        self._running_by_tool[tool] -= 1
        self._running_by_caller[caller] -= 1
        if not self._running_by_caller[caller]:
            del self._running_by_caller[caller]  # of callers, there is no end
        self._serve()

    def _serve(self) -> None:
        """Give away what is free: afterwards nobody waits who could have a place."""
        passed = 0
        while passed < len(self._callers) and self.running < self._places:
            caller, queue = next(iter(self._callers.items()))
            self._callers.move_to_end(caller)
            passed = 0 if self._serve_one(caller, queue) else passed + 1

    def _serve_one(self, caller: str, queue: _Waiting) -> bool:
        for tool, lane in queue.lanes.items():
            # Who was cancelled is about to leave.
            turn = next((one for one in lane if not one.done()), None)
            if turn is not None and self._lack(caller, tool, queue.most) is None:
                self._leave(caller, tool, turn)
                self._take(caller, tool)
                turn.set_result(None)
                if tool in queue.lanes:  # a caller's tools take turns, too
                    queue.lanes[tool] = queue.lanes.pop(tool)
                return True
        return False

    def _lack(self, caller: str, tool: str, most: int | None) -> str | None:
        """Why there is no place; None when there is one."""
        if most is not None and self._running_by_caller[caller] >= most:
            return f"you may have {most} {'call' if most == 1 else 'calls'} at once"
        places = self._places_by_tool.get(tool, self._places)
        if self.running >= self._places or self._running_by_tool[tool] >= places:
            return _taken(tool)
        return None

    def _busy(self, why: str) -> Busy:
        # Whoever waits now has a place by then, or has given up.
        return Busy(why, hint="Try again later.", retry_after_seconds=self._patience_seconds)


def _taken(tool: str) -> str:
    return f"every place for `{tool}` is taken"
