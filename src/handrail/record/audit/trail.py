"""The chain on disk. Several processes may write to it; each line is written by one of them."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import structlog

from handrail.record.audit import tail
from handrail.record.audit.chain import follow, seal
from handrail.record.audit.head import BYTES, Head
from handrail.record.audit.lock import Lock
from handrail.record.audit.place import Place

PATIENCE_SECONDS = 5.0
"""How long to wait for another writer, each of which takes a millisecond."""
_log = structlog.stdlib.get_logger("handrail.audit")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the audit: a file, by its first number, and bytes from its start."""

    file: int
    offset: int


class Trail:
    """A writer of the chain. Its methods may be called in any thread; they raise `OSError`."""

    def __init__(
        self, place: Place, key: bytes, descriptor: int, rotate_bytes: int, keep: int | None
    ) -> None:
        self.place = place
        self.key = key
        self._head_file = descriptor
        self._lock = Lock(descriptor)
        self._rotate_bytes = rotate_bytes
        self._keep = keep
        self._head, self._seen = Head(), b""
        self._name = os.fspath(place.file)
        self._file: int | None = None
        self._identity: tuple[int, int] | None = None
        self._full: list[int] = []

    @property
    def end(self) -> Spot:
        """Where the next line goes, as far as this process knows."""
        return Spot(self._head.file, self._head.end)

    def append(
        self,
        unwritten: deque[str],
        gap: Callable[[tail.Loss], str],
        patience_seconds: float = 0.0,
    ) -> None:
        """Write facts, and take them out of `unwritten`: all of them, or none.

        What is found to be lost of the chain's end is told in a line of its own, made by `gap`.
        Raises `BlockingIOError` when another writer does not let go in time.
        """
        with self._lock.held(patience_seconds):
            losses = self._catch_up()
            batch = list(unwritten)
            self._write([*map(gap, losses), *batch])
            for one in batch:
                with suppress(ValueError):  # who put it there has taken it back
                    unwritten.remove(one)

    def sync(self) -> None:
        """Force to the disk what was written (fsync), then where it ends."""
        with self._lock.held(PATIENCE_SECONDS):
            full, self._full = self._full, []
            current = [] if self._file is None else [os.dup(self._file)]
        try:
            for descriptor in (*full, *current):
                os.fsync(descriptor)
        finally:
            for descriptor in (*full, *current):
                os.close(descriptor)
        os.fsync(self._head_file)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody writes meanwhile."""
        with self._lock.held(PATIENCE_SECONDS):
            yield

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (*self._full, self._head_file):
            os.close(descriptor)
        if self._file is not None:
            os.close(self._file)

    def _catch_up(self) -> Sequence[tail.Loss]:
        """Learn what others wrote, and mend what a kill left; returns what is lost."""
        raw = os.pread(self._head_file, BYTES, 0)
        if raw == self._seen and self._is_as_we_left_it():
            return ()
        self._head, self._seen = Head.decode(raw, self.key), raw
        if self.place.full(self._head.file).exists():
            self._begin_file()
        self._open()
        return self._mend()

    def _is_as_we_left_it(self) -> bool:
        there = self._stat()
        return there is not None and self._is_open(there) and there.st_size == self._head.end

    def _stat(self) -> os.stat_result | None:
        """What now has the file's name; asked before every line, so in the fastest way."""
        try:
            return os.stat(self._name)  # noqa: PTH116  # pathlib takes three times as long
        except FileNotFoundError:
            return None

    def _is_open(self, there: os.stat_result) -> bool:
        """Whether that is the file that is written to."""
        return (there.st_dev, there.st_ino) == self._identity

    def _mend(self) -> Sequence[tail.Loss]:
        descriptor, before = self._opened, self._head
        found = tail.look(descriptor, before)
        if found.cut:
            os.ftruncate(descriptor, found.end)
        last = follow(self.key, before.last, found.beyond)
        if (last, found.end) != (before.last, before.end):
            self._save(replace(before, last=last, end=found.end))
        for loss in found.losses:
            _log.warning("audit file was mended", file=str(self.place.file), **loss)
        return found.losses

    def _write(self, facts: Sequence[str]) -> None:
        """Write lines and head; of a line that does not fit on the disk, nothing stays."""
        if not facts:
            return
        lines, last = seal(self.key, self._head.last, facts)
        if self._head.end and self._head.end + len(lines) > self._rotate_bytes:
            self._rotate()
        before = self._head.end
        try:
            _write_at(self._opened, lines, before)
            self._save(replace(self._head, last=last, end=before + len(lines)))
        except OSError:
            self._seen = b""
            os.ftruncate(self._opened, before)
            raise

    def _save(self, head: Head) -> None:
        raw = head.encode(self.key)
        _write_at(self._head_file, raw, 0)
        self._head, self._seen = head, raw

    def _rotate(self) -> None:
        self.place.file.rename(self.place.full(self._head.file))
        self._begin_file()
        with suppress(OSError):  # it takes up room, and the next rotation tries again
            self._remove_oldest()

    def _begin_file(self) -> None:
        """Go on in a new file; the one before was renamed, by us or by one that was killed."""
        self._seen = b""
        self._open()
        self._save(replace(self._head, file=self._head.last.seq + 1, end=0))

    def _remove_oldest(self) -> None:
        full = self.place.full_files() if self._keep is not None else []
        for _, path in full[: len(full) - (self._keep or 0)]:
            last = tail.last_link(path)
            if last is None:
                _log.error("audit file is not removed: its end is not ours", file=str(path))
                return
            self._save(replace(self._head, removed=last))
            path.unlink()

    def _open(self) -> None:
        """Have the file open that has the name now, and is made if there is none."""
        there = self._stat()
        if there is not None and self._is_open(there):
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._name, flags, mode=0o600)
        if self._file is not None:
            self._full.append(self._file)
        opened = os.fstat(descriptor)
        self._file, self._identity = descriptor, (opened.st_dev, opened.st_ino)

    @property
    def _opened(self) -> int:
        if self._file is None:
            raise OSError(errno.EBADF, "the audit file is not open")
        return self._file


def _write_at(descriptor: int, raw: bytes, offset: int) -> None:
    while raw:
        written = os.pwrite(descriptor, raw, offset)
        raw, offset = raw[written:], offset + written
