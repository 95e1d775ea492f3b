"""Reading one stream of a command: always drained, never more than a little in memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from threading import Thread

from handrail.process.chunks import chunks
from handrail.process.mask import Mask
from handrail.process.output import Output
from handrail.process.spool import Spool, Spooled

_CHUNK_BYTES = 65_536


class Capture:
    """Reads a pipe to its end; the command gets the other end of it.

    Short output is read in the event loop. Once there is more than `memory_bytes`, a thread
    goes on alone, from the pipe into the spool: the loop is free, and memory stays flat. When
    the spool takes no more, `on_exceeded` is called, and the rest is read and thrown away, so
    that the command is never stuck on a full pipe while it is being stopped.
    """

    def __init__(
        self,
        *,
        memory_bytes: int,
        spool: Spool,
        mask: Mask,
        listen: Callable[[bytes], None] | None,
        on_exceeded: Callable[[], None],
    ) -> None:
        self._memory_bytes = memory_bytes
        self._spool = spool
        self._mask = mask
        self._listen = listen
        self._on_exceeded = on_exceeded
        self._loop = asyncio.get_running_loop()
        self._kept = bytearray()
        self._spooled = Spooled(spool)
        self._overflowed = False
        self._stop: int | None = None
        self._closed = False
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._pipe, self.other_end = os.pipe2(os.O_CLOEXEC)

    def start(self) -> None:
        """Begin to read. Not at once, so that the command can be started first."""
        os.set_blocking(self._pipe, False)
        self._loop.add_reader(self._pipe, self._read)

    def stop(self) -> None:
        """Read what is in the pipe, and no more: who can still write is none of the call's.

        `ended` is done at once, or when the thread has read that.
        """
        while self._stop is None and not self.ended.done():
            if not self._read():
                self._finish()
        if self._stop is not None:
            os.eventfd_write(self._stop, 1)

    def tail(self, limit: int) -> tuple[int, bytes]:
        """How many bytes there are so far, and at most `limit` of the last; none once closed."""
        descriptor = self._spooled.descriptor
        if self._closed:
            return 0, b""
        if descriptor is None:
            return len(self._kept), bytes(self._kept[-limit:])
        size = self._spooled.size
        return size, os.pread(descriptor, limit, max(0, size - limit))

    def close(self) -> Output:
        """Give the descriptors back, and what was kept away; for when it has `ended`."""
        self._closed = True
        os.close(self._pipe)
        if self._stop is not None:
            os.close(self._stop)
        if self._spooled.size < len(self._kept):
            # There never was more, or the spool could not even take this.
            self._spooled.close()
            return Output(len(self._kept), bytes(self._kept))
        return Output(self._spooled.size, file=self._spooled.descriptor)

    def drop(self) -> None:
        """Give everything back: there was nothing to read."""
        self._finish()
        self.close().close()

    def _read(self) -> bool:
        """Read a little; whether there was something."""
        try:
            chunk = os.read(self._pipe, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._finish()
            return False
        self._kept += self._heard(self._mask.feed(chunk))
        if len(self._kept) > self._memory_bytes:
            self._hand_over()
        return True

    def _heard(self, text: bytes) -> bytes:
        if self._listen is not None:
            self._listen(text)
        return text

    def _finish(self) -> None:
        if not self.ended.done():
            self._loop.remove_reader(self._pipe)
            self._kept += self._heard(self._mask.finish())
            self.ended.set_result(None)

    def _hand_over(self) -> None:
        """Let a thread go on. Where there is no thread or descriptor for it, that was all."""
        try:
            self._stop = _start(self._drain)
        except (OSError, RuntimeError):
            self._spool.give_up(len(self._kept))
            self._on_exceeded()
            self._finish()
        else:
            self._loop.remove_reader(self._pipe)

    def _drain(self, stop: int) -> None:
        """The thread's part: everything that still comes goes to the spool."""
        try:
            self._save(bytes(self._kept))
            for chunk in chunks(self._pipe, stop):
                self._save(self._heard(self._mask.feed(chunk)))
            self._save(self._heard(self._mask.finish()))
        finally:
            self._loop.call_soon_threadsafe(self.ended.set_result, None)

    def _save(self, text: bytes) -> None:
        if not self._overflowed and not self._spooled.write(text):
            self._overflowed = True
            self._loop.call_soon_threadsafe(self._on_exceeded)


def _start(work: Callable[[int], None]) -> int:
    """Do `work` in a thread; returns the descriptor, given to it too, that tells it to stop.

    Raises `OSError` or `RuntimeError` when there is no descriptor or no thread to be had.
    """
    stop = os.eventfd(0, os.EFD_CLOEXEC)
    try:
        Thread(target=work, args=(stop,), name="handrail-drain").start()
    except RuntimeError:
        os.close(stop)
        raise
    return stop
