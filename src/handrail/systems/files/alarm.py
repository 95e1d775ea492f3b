"""An end for what looks at no clock: a regular expression that goes back and back again."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_LEAST_SECONDS = 0.001


class Late(Exception):
    """There is no more time."""


@contextmanager
def alarm(deadline: float) -> Iterator[None]:
    """Raise `Late` inside, once `deadline` (time.monotonic) has come. In the main thread only.

    `re` looks for signals while it matches.
    """
    before = signal.signal(signal.SIGALRM, _ring)
    seconds = max(deadline - time.monotonic(), _LEAST_SECONDS)
    set_before = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *set_before)
        signal.signal(signal.SIGALRM, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Late
