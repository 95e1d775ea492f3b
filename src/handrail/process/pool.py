"""The zygotes: a few kept warm, one for each call that runs."""

from __future__ import annotations

import asyncio
import subprocess
from types import TracebackType

from handrail.process.helper import Helper

_WARM = 2
_CALLS_PER_HELPER = 1000
_GOODBYE_SECONDS = 2.0


class Pool:
    """Hands out helpers, each to one call at a time; grows on demand, keeps what it grew.

    How many calls run at once is the meter's business. Use as an async context manager: on
    the way out, every helper ends, and every process of every call with it.
    """

    def __init__(self, *, most_idle: int) -> None:
        self._most_idle = most_idle
        self._idle: list[Helper] = []
        self._all: set[Helper] = set()

    async def __aenter__(self) -> Pool:
        self._idle = [self._grow() for _ in range(min(_WARM, self._most_idle))]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        helpers, self._idle = list(self._all), []
        for helper in helpers:
            helper.close()
        await asyncio.gather(*(asyncio.to_thread(_wait, helper) for helper in helpers))
        self._all.clear()

    def acquire(self) -> Helper:
        """A helper that is free. Raises `OSError` when none can be started."""
        while self._idle:
            helper = self._idle.pop()
            if helper.alive:
                return helper
            self.discard(helper)
        return self._grow()

    def release(self, helper: Helper) -> None:
        """Take back a helper whose call has ended with nothing left."""
        worn = helper.calls >= _CALLS_PER_HELPER or len(self._idle) >= self._most_idle
        if worn or not helper.alive:
            self.discard(helper)
        else:
            self._idle.append(helper)

    def discard(self, helper: Helper) -> None:
        """End a helper, and every process of the call that it may still serve."""
        helper.close()
        self._all.discard(helper)
        asyncio.get_running_loop().run_in_executor(None, _wait, helper)

    def _grow(self) -> Helper:
        helper = Helper()
        self._all.add(helper)
        return helper


def _wait(helper: Helper) -> None:
    """Collect an ended helper; one that will not end has a command stuck in the kernel."""
    try:
        helper.process.wait(_GOODBYE_SECONDS)
    except subprocess.TimeoutExpired:
        helper.process.kill()
        helper.process.wait()
