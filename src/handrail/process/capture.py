"""Reading one stream of a command: always drained, never more than a little in memory."""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from handrail.process.mask import Mask
from handrail.process.output import Output
from handrail.process.spool import Spool

_CHUNK_BYTES = 65_536
_BULK_BYTES = 1_048_576


class Capture:
    """Reads a pipe to its end.

    Short output is read in the event loop. Once there is more than `memory_bytes`, a thread
    goes on alone, from the pipe into the spool: the loop is free, and memory stays flat. When
    the spool's budget is used up, `on_exceeded` is called, and the rest is read and thrown away, so
    that the command is never stuck on a full pipe while it is being stopped.
    """

    def __init__(
        self,
        pipe: int,
        *,
        memory_bytes: int,
        spool: Spool,
        mask: Mask,
        listen: Callable[[bytes], None] | None,
        on_exceeded: Callable[[], None],
    ) -> None:
        self._pipe = pipe
        self._memory_bytes = memory_bytes
        self._spool = spool
        self._mask = mask
        self._listen = listen
        self._on_exceeded = on_exceeded
        self._loop = asyncio.get_running_loop()
        self._kept = bytearray()
        self._file: int | None = None
        self._size = 0
        self._stop: int | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()
        os.set_blocking(pipe, False)
        self._loop.add_reader(pipe, self._on_readable)

    def output(self) -> Output:
        """What was kept; the capture gives it away and must not be used afterwards."""
        if self._file is None:
            return Output(len(self._kept), bytes(self._kept))
        return Output(self._size, file=self._file)

    async def close(self) -> None:
        """Stop reading, at the end or before it."""
        if self._stop is not None:
            os.eventfd_write(self._stop, 1)
            await self.ended
            os.close(self._stop)
        elif not self.ended.done():
            self._finish()
        os.close(self._pipe)

    def _on_readable(self) -> None:
        try:
            chunk = os.read(self._pipe, _CHUNK_BYTES)
        except BlockingIOError:
            return
        if not chunk:
            self._finish()
            return
        self._kept += self._shown(chunk)
        if len(self._kept) > self._memory_bytes:
            self._loop.remove_reader(self._pipe)
            self._stop = os.eventfd(0, os.EFD_CLOEXEC)
            Thread(target=self._drain, args=(self._stop,), name="handrail-drain").start()

    def _shown(self, chunk: bytes) -> bytes:
        text = self._mask.feed(chunk)
        if self._listen is not None:
            self._listen(text)
        return text

    def _finish(self) -> None:
        self._loop.remove_reader(self._pipe)
        self._kept += self._mask.finish()
        self.ended.set_result(None)

    def _drain(self, stop: int) -> None:
        """The thread's part: everything that still comes goes to the spool."""
        try:
            with suppress(OSError):  # more than this user may have: slower, not wrong
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _BULK_BYTES)
            self._write(bytes(self._kept))
            poll = select.poll()
            poll.register(self._pipe, select.POLLIN)
            poll.register(stop, select.POLLIN)
            buffer = memoryview(bytearray(_BULK_BYTES))
            while not any(fd == stop for fd, _ in poll.poll()):
                count = os.readv(self._pipe, [buffer])
                if count == 0:
                    break
                self._write(self._shown(bytes(buffer[:count])))
            self._write(self._mask.finish())
        finally:
            self._loop.call_soon_threadsafe(self.ended.set_result, None)

    def _write(self, text: bytes) -> None:
        granted = self._spool.grant(len(text))
        try:
            if self._file is None:
                self._file = self._spool.open()
            written = 0
            while written < granted:
                written += os.write(self._file, text[written:granted])
            self._size += written
        except OSError:
            # No room, no quota, no descriptor: keep what there is, and stop the command.
            self._spool.exhaust(self._size)
            granted = 0
        if granted < len(text):
            self._loop.call_soon_threadsafe(self._on_exceeded)
