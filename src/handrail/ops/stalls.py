"""A thread that notices when the server's loop is stuck, and writes down where."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from handrail.ops.inside import STALLED_SECONDS, Inside

_EVERY_SECONDS = 0.5
_MOST_FRAMES = 24
_STOP_SECONDS = 1.0
_log = structlog.stdlib.get_logger("handrail.loop")


@contextmanager
def stalls_logged(inside: Inside) -> Iterator[None]:
    """Log each stall meanwhile: once when it is noticed, and once when it is over."""
    over = threading.Event()
    thread = threading.Thread(
        target=_look_on, args=(inside, over), name="handrail-stalls", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_STOP_SECONDS)


def _look_on(inside: Inside, over: threading.Event) -> None:
    since: float | None = None
    looked = time.monotonic()
    while not over.wait(_EVERY_SECONDS):
        before, looked = looked, time.monotonic()
        if looked - before > STALLED_SECONDS / 2:
            continue  # the whole process was stopped, and the loop has had no turn since
        stalled = inside.stalled_seconds
        if since is None and stalled > STALLED_SECONDS:
            since = looked - stalled
            _log.error("the loop is stuck", seconds=round(stalled, 1), at=_stack(inside.thread))
        elif since is not None and not inside.is_stalled:
            _log.warning("the loop turns again", seconds=round(looked - since, 1))
            since = None


def _stack(thread: int) -> list[str]:
    """Where a thread is, the innermost call first: files, lines and functions, and no values."""
    frame = sys._current_frames().get(thread)
    found: list[str] = []
    while frame is not None and len(found) < _MOST_FRAMES:
        code = frame.f_code
        found.append(f"{code.co_filename}:{frame.f_lineno} {code.co_qualname}")
        frame = frame.f_back
    return found
