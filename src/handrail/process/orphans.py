"""What a zygote leaves behind when it is killed itself, and can take nothing along."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

_MOST_ROUNDS = 20


def end(folder: Path) -> None:
    """Kill the processes whose temporary folder this is, and remove it.

    They are known by their environment (proc(5)): a command could hide a process by clearing
    that, but would also have to kill its zygote, which the signal scope forbids.
    """
    mark = os.fsencode(f"\0TMPDIR={folder}\0")
    for _ in range(_MOST_ROUNDS):  # what is forked while we look is found by looking again
        found = list(_marked(mark))
        for pid in found:
            _kill(pid, mark)
        if not found:
            break
    if folder.is_symlink():
        folder.unlink()  # put there by a command; where it leads is none of ours
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _marked(mark: bytes) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and _has(int(entry.name), mark):
            yield int(entry.name)


def _has(pid: int, mark: bytes) -> bool:
    try:
        return mark in b"\0%b\0" % Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False  # it has ended, or is another user's


def _kill(pid: int, mark: bytes) -> None:
    try:
        process = os.pidfd_open(pid)
    except OSError:
        return
    try:
        # Asked again, now that the id cannot be given to another process any more.
        if _has(pid, mark):
            signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        os.close(process)
