"""Serving over stdin and stdout, until the client goes or we are told to stop."""

from __future__ import annotations

import asyncio
import io
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from fastmcp import FastMCP
from typing_extensions import Buffer

from handrail.mcp.conversation import Conversation
from handrail.meter.traffic import Traffic

_CHUNK_BYTES = 65_536
_LAST_WORDS_SECONDS = 1.0


class _Wire(io.FileIO):
    """The descriptor that the client reads; what nobody reads any more is thrown away."""

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes

    @property
    def has_reader(self) -> bool:
        """Whether the client, or somebody, still has the other end."""
        poll = select.poll()
        poll.register(self.fileno(), 0)
        return not poll.poll(0)


class _Input(io.RawIOBase):
    """Standard input, whose end comes only when every request has its answer.

    The framework cancels everything at the end of its input. Here, the end (of the input, or
    by a signal) first drains the traffic; only then is it passed on.
    """

    def __init__(
        self, conversation: Conversation, wire: _Wire, traffic: Traffic, drain_seconds: float
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._conversation = conversation
        self._wire = wire
        self._traffic = traffic
        self._drain_seconds = drain_seconds
        self._wake, self._waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._source = os.dup(0)
        self._line = bytearray()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer
        """Called in the framework's reader thread; blocks there."""
        readable, _, _ = select.select([self._source, self._wake], [], [])
        if self._wake in readable:
            self._drain(self._drain_seconds)
            return 0
        count = os.readv(self._source, [buffer])
        if count == 0 and self._line:
            # The last line is one too, when its end is missing.
            buffer[:1], count = b"\n", 1
        self._hear(bytes(buffer[:count]))
        if count == 0:
            self._end()
        return count

    def _end(self) -> None:
        """After the last request: wait for the answers, if there is anybody to read them."""
        seconds = self._drain_seconds if self._wire.has_reader else 0
        if not self._conversation.wait_for_answers(seconds):
            self._drain(0)

    def _hear(self, chunk: bytes) -> None:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._conversation.hear(bytes(self._line) + end)
            self._line.clear()
        self._line += rest

    def stop(self) -> None:
        """End the input from here on; safe in a signal handler."""
        os.write(self._waker, b"x")

    def _drain(self, seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(self._traffic.drain(seconds), self._loop).result()
        self._conversation.wait_for_answers(_LAST_WORDS_SECONDS)

    def release(self) -> None:
        """Close what was opened."""
        for descriptor in (self._wake, self._waker, self._source):
            os.close(descriptor)


class _Output(io.BufferedWriter):
    """Standard output. The framework writes whole lines, and flushes after each."""

    def __init__(self, conversation: Conversation, wire: _Wire) -> None:
        super().__init__(wire)
        self._conversation = conversation
        self._unsent: list[bytes] = []

    def write(self, line: Buffer, /) -> int:
        self._unsent.append(bytes(line))
        return super().write(line)

    def flush(self) -> None:
        super().flush()
        while self._unsent:
            self._conversation.say(self._unsent.pop())


async def serve_stdio(server: FastMCP, traffic: Traffic, drain_seconds: float) -> None:
    """Serve until the end of the input, SIGTERM or SIGINT; calls in flight get their time."""
    conversation = Conversation()
    with ExitStack() as stack:
        wire = stack.enter_context(_as_stdout(conversation))
        source = _Input(conversation, wire, traffic, drain_seconds)
        stack.callback(source.release)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, source.stop)
        stack.enter_context(_as_stdin(source))
        await server.run_async("stdio", show_banner=False)


@contextmanager
def _as_stdout(conversation: Conversation) -> Iterator[_Wire]:
    """Send through a descriptor of our own; whatever else is printed goes to stderr."""
    wire = _Wire(os.dup(1), "wb")
    os.dup2(2, 1)
    before, sys.stdout = sys.stdout, io.TextIOWrapper(_Output(conversation, wire))
    try:
        yield wire
    finally:
        os.dup2(wire.fileno(), 1)
        # Which closes the wire.
        sys.stdout = before


@contextmanager
def _as_stdin(source: io.RawIOBase) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BufferedReader(source, _CHUNK_BYTES))
    try:
        yield
    finally:
        sys.stdin = before
