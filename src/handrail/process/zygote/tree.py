"""Every process below this one: who they are, what they hold, how they end."""

from __future__ import annotations

import os
import signal

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def descendants() -> list[int]:
    """The process ids below this process, parents before children, from proc(5)."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def children(pid: int) -> list[int]:
    """The process ids right below `pid`; none when it has ended."""
    try:
        return [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            for child in _read(f"/proc/{pid}/task/{thread}/children").split()
        ]
    except OSError:
        return []


def resident_bytes(pids: list[int]) -> int:
    """Memory that `pids` hold together; pages that they share count for each."""
    return _PAGE_BYTES * sum(_resident_pages(pid) for pid in pids)


def own_bytes(pids: list[int]) -> int:
    """The same without what is mapped from files, as libraries are: slower, and nearer the truth.

    Memory that processes share otherwise still counts for each.
    """
    return 1024 * sum(_own_kibibytes(pid) for pid in pids)


def _own_kibibytes(pid: int) -> int:
    lines = _read(f"/proc/{pid}/status").splitlines()
    return sum(
        int(line.split()[1]) for line in lines if line.startswith((b"RssAnon:", b"RssShmem:"))
    )


def _resident_pages(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) if fields else 0


def _read(path: str) -> bytes:
    """A file of proc(5), or nothing when its process has ended."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def signal_all(number: int, *, scoped: bool) -> None:
    """Signal every process below this one.

    In a signal scope, or as the first process of a pid namespace, `kill(-1)` reaches exactly
    those, at once, and no fork can slip through. Without a scope the tree is walked until
    it stays empty, which a fast enough fork bomb can outrun.
    """
    if scoped:
        _kill(-1, number)
        return
    for _ in range(100):
        alive = descendants()
        for pid in alive:
            _kill(pid, number)
        if not alive or number != signal.SIGKILL:
            return


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # it ended first, or nothing is left in the scope
