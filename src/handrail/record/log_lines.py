"""Writing log lines beside the event loop: whoever reads them slowly, or not, holds up nothing."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading

_MOST_WAITING = 10_000
_LAST_SECONDS = 1.0
_LOST = (OSError, TypeError, ValueError, KeyError)
"""There is no room or no reader, or a library's words do not fit its values."""
_DROPPED = "log lines were dropped: nobody took them in time"


class LogLines(logging.Handler):
    """Has a thread write records to a descriptor, one line each.

    A full pipe that nobody reads and a full disk hold up that thread alone. What comes meanwhile
    waits, up to a bound; beyond it lines are dropped, counted, and that is said when they flow
    again. At the end, what waits gets a second.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.dropped = 0
        """How many lines were lost."""
        self._said = 0
        self._descriptor = descriptor
        self._waiting: queue.Queue[logging.LogRecord] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._write_on, name="handrail-log", daemon=True)
        self._thread.start()
        atexit.register(self.flush)

    def emit(self, record: logging.LogRecord) -> None:
        """Have it written."""
        try:
            self._waiting.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def flush(self) -> None:
        """Wait until all is written, for a second at most."""
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(self._is_done, _LAST_SECONDS)

    def _is_done(self) -> bool:
        return not self._waiting.unfinished_tasks

    def _write_on(self) -> None:
        while True:
            record = self._waiting.get()
            try:
                self._write(record)
                self._say_dropped()
            except _LOST:
                self.dropped += 1
            finally:
                self._waiting.task_done()

    def _write(self, record: logging.LogRecord) -> None:
        # Not by sys.stderr: its lock, held by a write that never ends, would hold up the exit.
        left = memoryview(f"{self.format(record)}\n".encode(errors="backslashreplace"))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def _say_dropped(self) -> None:
        if self.dropped > self._said and self._waiting.qsize() < _MOST_WAITING // 2:
            self._said = self.dropped
            self._write(
                logging.LogRecord(
                    "handrail.log", logging.WARNING, "", 0, f"{_DROPPED}: {self._said}", (), None
                )
            )
