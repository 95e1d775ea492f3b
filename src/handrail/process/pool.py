"""The zygotes: a few kept warm, one for each call that runs."""

from __future__ import annotations

import asyncio
import subprocess
from types import TracebackType

import anyio

from handrail.errors import Draining
from handrail.process import orphans
from handrail.process.helper import Helper

_WARM = 2
_CALLS_PER_HELPER = 1000
_GOODBYE_SECONDS = 2.0
_GOING_DOWN = "the server is going down"


class Pool:
    """Hands out helpers, each to one call at a time; grows on demand, keeps what it grew.

    How many calls run at once is the meter's business. Use as an async context manager: on
    the way out, every helper ends, and every process of every call with it.
    """

    def __init__(self, *, most_idle: int) -> None:
        self._most_idle = most_idle
        self._idle: list[Helper] = []
        self._all: set[Helper] = set()
        self._leaving: set[asyncio.Future[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Pool:
        try:
            for _ in range(min(_WARM, self._most_idle)):
                self._idle.append(self._grow())
        except OSError:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    def acquire(self) -> Helper:
        """A helper that is free.

        Raises `Draining` when the pool is closed, and `OSError` when none can be started.
        """
        if self._closed:
            raise Draining(_GOING_DOWN)
        while self._idle:
            helper = self._idle.pop()
            if helper.ready():
                return helper
            self._discard(helper)
        return self._grow()

    def release(self, helper: Helper) -> None:
        """Take back a helper. It ends here when it is worn, or has something left of its call."""
        worn = helper.calls >= _CALLS_PER_HELPER or len(self._idle) >= self._most_idle
        if worn or self._closed or not helper.free:
            self._discard(helper)
        else:
            self._idle.append(helper)

    def _discard(self, helper: Helper) -> None:
        helper.close()
        if helper in self._all:
            self._all.remove(helper)
            leaving = asyncio.get_running_loop().run_in_executor(None, _wait, helper)
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _grow(self) -> Helper:
        helper = Helper()
        self._all.add(helper)
        return helper

    async def _close(self) -> None:
        """End every helper, and wait until they are gone; calls that still run fail."""
        self._closed = True
        self._idle.clear()
        for helper in list(self._all):
            helper.close(Draining(_GOING_DOWN))
            self._discard(helper)
        with anyio.CancelScope(shield=True):
            await asyncio.gather(*self._leaving)


def _wait(helper: Helper) -> None:
    """Collect an ended helper; one that will not end has a command stuck in the kernel."""
    try:
        helper.process.wait(_GOODBYE_SECONDS)
    except subprocess.TimeoutExpired:
        helper.process.kill()
        helper.process.wait()
    if helper.process.returncode != 0:
        orphans.end(helper.folder)
