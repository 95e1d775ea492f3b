"""The calls in flight, and the end of taking new ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from handrail.errors import Draining

_STOP_SECONDS = 2.0
"""More than it takes to kill everything that a call started."""


class Stage(StrEnum):
    """How far a call has come."""

    PLANNED = "planned"
    """It is planned, judged, and perhaps a person is asked."""
    WAITING = "waiting"
    """It waits for its turn."""
    RUNNING = "running"


def _nothing_said(_: int) -> Mapping[str, tuple[int, bytes]]:
    return {}


@dataclass(slots=True, eq=False)
class Flight:
    """A call in flight. `began` is on the clock of time.monotonic(); `stop` ends it early.

    `stage`, `command` and `tails` change as it goes on.
    """

    call_id: str
    tool: str
    caller: str
    began: float
    stop: Callable[[], None]
    stage: Stage = Stage.PLANNED
    command: Callable[[], str] = str
    """What it runs, in one line, for people; nothing as long as it is not planned."""
    tails: Callable[[int], Mapping[str, tuple[int, bytes]]] = _nothing_said
    """By stream, how many bytes it has said so far, and at most as many of the last as asked."""

    def show(self, tails: Callable[[int], Mapping[str, tuple[int, bytes]]]) -> None:
        """From now on, `tails` tells what it says."""
        self.tails = tails


class Traffic:
    """Knows the calls in flight. Once draining, no new ones are let in."""

    def __init__(self) -> None:
        self.draining = False
        self._flights: dict[str, Flight] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def flights(self) -> list[Flight]:
        """The calls in flight, the oldest first."""
        return list(self._flights.values())

    @contextmanager
    def counted(self, flight: Flight) -> Iterator[None]:
        """Count one call for as long as it lasts.

        Raises `Draining` when no new calls are taken.
        """
        if self.draining:
            raise Draining("the server is shutting down", hint="Connect again in a moment.")
        self._flights[flight.call_id] = flight
        self._idle.clear()
        try:
            yield
        finally:
            del self._flights[flight.call_id]
            if not self._flights:
                self._idle.set()

    async def drain(self, patience_seconds: float) -> None:
        """Take no new calls, give those in flight this long, then stop them and see them end."""
        self.draining = True
        await self._wait_idle(patience_seconds)
        for flight in self.flights:
            flight.stop()
        await self._wait_idle(_STOP_SECONDS)

    async def _wait_idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
