"""Serving over stdin and stdout, until the client goes or we are told to stop."""

from __future__ import annotations

import asyncio
import io
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from fastmcp import FastMCP

from handrail.meter.traffic import Traffic

_CHUNK_BYTES = 65_536


class _Input(io.RawIOBase):
    """Standard input, whose end comes only when the calls in flight have had their time.

    The framework cancels everything at the end of its input. Here, the end (of the input, or
    by a signal) first drains the traffic; only then is it passed on.
    """

    def __init__(self, traffic: Traffic, drain_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._traffic = traffic
        self._drain_seconds = drain_seconds
        self._wake, self._waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._source = os.dup(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer
        """Called in the framework's reader thread; blocks there."""
        readable, _, _ = select.select([self._source, self._wake], [], [])
        if self._wake in readable:
            self._drain()
            return 0
        count = os.readv(self._source, [buffer])
        if count == 0:
            self._drain()
        return count

    def stop(self) -> None:
        """End the input from here on; safe in a signal handler."""
        os.write(self._waker, b"x")

    def _drain(self) -> None:
        drained = asyncio.run_coroutine_threadsafe(
            self._traffic.drain(self._drain_seconds), self._loop
        )
        drained.result()

    def release(self) -> None:
        """Close what was opened."""
        for descriptor in (self._wake, self._waker, self._source):
            os.close(descriptor)


async def serve_stdio(server: FastMCP, traffic: Traffic, drain_seconds: float) -> None:
    """Serve until the end of the input, SIGTERM or SIGINT; calls in flight get their time."""
    source = _Input(traffic, drain_seconds)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, source.stop)
    with _as_stdin(source):
        await server.run_async("stdio", show_banner=False)
    source.release()


@contextmanager
def _as_stdin(source: io.RawIOBase) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BufferedReader(source, _CHUNK_BYTES))
    try:
        yield
    finally:
        sys.stdin = before
