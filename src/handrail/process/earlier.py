"""What an earlier call wrote, as the input of another: a copy, so that nobody can change it."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from handrail.errors import Busy, StorageFull
from handrail.process.ending import surely
from handrail.process.memory_file import memory_file
from handrail.process.output import Output
from handrail.process.spool import unnamed_file

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_STEP_BYTES = 8 * 1024**2
_ALL_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


@asynccontextmanager
async def copied(output: Output, folder: Path) -> AsyncIterator[int]:
    """A descriptor to read all of `output` from, by whoever gets it, and not to write to.

    Short output is copied in memory; long output into an unnamed file in `folder`, by the kernel
    and in a thread. `output` may be closed as soon as this has begun.

    Raises `StorageFull`, and `Busy` when the machine has no descriptor left.
    """
    with _scarcity():
        if output.file is None:
            copy = _in_memory(output.memory)
        else:
            copy = await _on_disk(output.file, output.size, folder)
    try:
        yield copy
    finally:
        os.close(copy)


def _in_memory(text: bytes) -> int:
    file = memory_file("stdin", text)
    try:
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, _ALL_SEALS)
        return _reopened(file)
    finally:
        os.close(file)


async def _on_disk(kept: int, size: int, folder: Path) -> int:
    # What is kept may make room for other output at any time. This descriptor is ours.
    source, stop = os.dup(kept), threading.Event()
    loop = asyncio.get_running_loop()
    copying = loop.run_in_executor(None, _copy, source, size, folder, stop)
    try:
        return await asyncio.shield(copying)
    except asyncio.CancelledError:
        stop.set()  # which it sees after the next few megabytes
        await surely(copying)
        _close_result(copying)
        raise


def _copy(source: int, size: int, folder: Path, stop: threading.Event) -> int:
    """The thread's part. Closes `source`."""
    try:
        file = unnamed_file(folder)
        try:
            copied = 0
            while copied < size and not stop.is_set():
                count = os.sendfile(file, source, copied, min(_STEP_BYTES, size - copied))
                if not count:
                    break
                copied += count
            return _reopened(file)
        finally:
            os.close(file)
    finally:
        os.close(source)


def _reopened(file: int) -> int:
    """The same file from its beginning, for reading only (proc(5))."""
    return os.open(f"/proc/self/fd/{file}", os.O_RDONLY | os.O_CLOEXEC)


def _close_result(copying: asyncio.Future[int]) -> None:
    if not copying.cancelled() and copying.exception() is None:
        os.close(copying.result())


@contextmanager
def _scarcity() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"the earlier output cannot be given to the command: {error.strerror}"
        if error.errno in _NO_ROOM:
            raise StorageFull(what) from error
        raise Busy(what, retry_after_seconds=1.0) from error
