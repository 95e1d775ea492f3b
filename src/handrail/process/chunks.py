"""Everything that comes out of a pipe, in large pieces, for a thread of its own."""

from __future__ import annotations

import fcntl
import os
import select
from collections.abc import Iterator
from contextlib import suppress

_BULK_BYTES = 1_048_576


def chunks(pipe: int, stop: int) -> Iterator[bytes]:
    """Read `pipe` to its end; once `stop` is readable, only what is in the pipe by then.

    `pipe` must not block.
    """
    with suppress(OSError):  # more than this user may have: slower, not wrong
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _BULK_BYTES)
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    poll.register(stop, select.POLLIN)
    buffer = memoryview(bytearray(_BULK_BYTES))
    while not any(descriptor == stop for descriptor, _ in poll.poll()):
        count = os.readv(pipe, [buffer])
        if count == 0:
            return
        yield bytes(buffer[:count])
    yield from _what_is_there(pipe, buffer)


def _what_is_there(pipe: int, buffer: memoryview) -> Iterator[bytes]:
    left = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    with suppress(BlockingIOError):
        while left > 0 and (count := os.readv(pipe, [buffer])):
            left -= count
            yield bytes(buffer[:count])
