"""The way from other threads into a running server, and a watch over its loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from prometheus_client import Histogram

from handrail.call import Line

STALLED_SECONDS = 5.0
"""A loop that has not turned for so long is stuck."""
_BEAT_SECONDS = 0.25
_PATIENCE_SECONDS = 5.0
_LAGS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_T = TypeVar("_T")


class Inside:
    """A server, as other threads may look at it.

    What belongs to its event loop is only touched there. Whether that still turns can be told
    without it: it leaves a mark, time and again; and `lag` counts how late.
    """

    def __init__(self, line: Line, loop: asyncio.AbstractEventLoop) -> None:
        self.line = line
        self.thread = threading.get_ident()
        """Whose loop it is."""
        self._loop = loop
        self._last_beat = time.monotonic()
        self._next: asyncio.TimerHandle | None = None
        self._closed = False
        self.lag = Histogram(
            "handrail_loop_lag_seconds",
            "How late the server's loop came to what it had to do; looked at four times a second.",
            buckets=_LAGS,
            registry=None,
        )

    @classmethod
    @contextmanager
    def entered(cls, line: Line) -> Iterator[Inside]:
        """The server of `line`, in whose loop this is called, for as long as it is watched."""
        inside = cls(line, asyncio.get_running_loop())
        inside._beat()
        try:
            yield inside
        finally:
            inside._closed = True
            if inside._next is not None:
                inside._next.cancel()

    @property
    def is_stalled(self) -> bool:
        """Whether the loop is stuck."""
        return self.stalled_seconds > STALLED_SECONDS

    @property
    def stalled_seconds(self) -> float:
        """For how long the loop has not turned; nearly nothing when all is well."""
        return max(0.0, time.monotonic() - self._last_beat - _BEAT_SECONDS)

    def ask(self, question: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """The answer to a question that only the loop can answer; not to be called in it.

        Raises `TimeoutError` when it does not in time, or is gone.
        """
        if self._closed:
            raise TimeoutError
        answer = asyncio.run_coroutine_threadsafe(question(), self._loop)
        try:
            return answer.result(_PATIENCE_SECONDS)
        except TimeoutError:
            answer.cancel()
            raise

    async def hear(self, question: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """The same from a coroutine in the loop of another thread."""
        return await asyncio.to_thread(self.ask, question)

    def _beat(self) -> None:
        self.lag.observe(self.stalled_seconds)
        self._last_beat = time.monotonic()
        self._next = self._loop.call_later(_BEAT_SECONDS, self._beat)
