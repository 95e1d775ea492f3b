"""Writing log lines: whoever reads them slowly, or not at all, holds up nothing."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import select
import stat
import threading

_MOST_WAITING = 10_000
_LAST_SECONDS = 1.0
_LOST = (OSError, queue.Full, TypeError, ValueError, KeyError)
"""There is no room, nobody takes it, or a library's words do not fit its values."""
_DROPPED = "log lines were dropped: nobody took them in time"


class LogLines(logging.Handler):
    """Writes records to a descriptor, one line each.

    At once, where that cannot block. Otherwise a thread does, and a full pipe that nobody reads
    holds up that thread alone. What comes meanwhile waits, up to a bound; beyond it lines are
    dropped, counted, and that is said when they flow again. At the end, what waits gets a second.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.dropped = 0
        """How many lines were lost."""
        self._said = 0
        self._is_torn = False
        self._descriptor = descriptor
        self._is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._write_on, name="handrail-log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or have it written."""
        try:
            self._take(f"{self.format(record)}\n".encode(errors="backslashreplace"))
        except _LOST:
            self.dropped += 1

    def flush(self) -> None:
        """Wait until all is written, for a second at most."""
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(self._is_done, _LAST_SECONDS)

    def _is_done(self) -> bool:
        return not self._waiting.unfinished_tasks

    def _take(self, line: bytes) -> None:
        nothing_to_say = self.dropped == self._said
        if nothing_to_say and self._is_done() and self._has_room(len(line)):
            self._write(line)
        else:
            self._waiting.put_nowait(line)

    def _has_room(self, size: int) -> bool:
        """Whether so many bytes can be written without waiting (pipe(7), poll(2))."""
        if self._is_file:
            return True
        return size <= select.PIPE_BUF and self._poll.poll(0) == [
            (self._descriptor, select.POLLOUT)
        ]

    def _write_on(self) -> None:
        while True:
            line = self._waiting.get()
            try:
                self._write(line)
                self._say_dropped()
            except OSError:
                self.dropped += 1
            finally:
                self._waiting.task_done()

    def _write(self, line: bytes) -> None:
        # Not by sys.stderr: its lock, held by a write that never ends, would hold up the exit.
        left = memoryview(b"\n" + line if self._is_torn else line)
        while left:
            left = left[os.write(self._descriptor, left) :]
            # On a disk that becomes full, the beginning of a line may be all that fits.
            self._is_torn = bool(left)

    def _say_dropped(self) -> None:
        if self.dropped > self._said and self._waiting.qsize() < _MOST_WAITING // 2:
            self._said = self.dropped
            words = f"{_DROPPED}: {self._said}"
            said = logging.LogRecord("handrail.log", logging.WARNING, "", 0, words, (), None)
            self._write(f"{self.format(said)}\n".encode())
