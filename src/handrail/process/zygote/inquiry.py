"""A program that work of ours asks, inside its own confinement: it has no input and says little."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Sequence

_MOST_BYTES = 268_435_456
"""Of memory that it may write to: what needs more has met something that we shall not ask about."""
_CHUNK_BYTES = 65_536
_DEFAULT = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


def ask(argv: Sequence[bytes]) -> tuple[int, bytes]:
    """Run a program to its end: its exit code and what it wrote; -1 when it cannot be run.

    Below zero is the signal that ended it. It is killed when we are interrupted.
    """
    source, sink = os.pipe()
    try:
        pid = _start(argv, sink)
    except OSError:
        os.close(source)
        return -1, b""
    finally:
        os.close(sink)
    return _heard(pid, source)


def _heard(pid: int, source: int) -> tuple[int, bytes]:
    said = []
    ended = False
    try:
        while chunk := os.read(source, _CHUNK_BYTES):
            said.append(chunk)
        ended = True
    finally:
        os.close(source)
        if not ended:
            os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status), b"".join(said)


def _start(argv: Sequence[bytes], sink: int) -> int:
    # The soft limit is taken over by what is started, and then put back. What we hold ourselves
    # counts until then: without it, there would be no room to start anything from.
    before = resource.getrlimit(resource.RLIMIT_DATA)
    _limit(_held() + _MOST_BYTES, before[1])
    try:
        return os.posix_spawn(
            argv[0],
            list(argv),
            {},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, b"/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, sink, 1),
                (os.POSIX_SPAWN_OPEN, 2, b"/dev/null", os.O_WRONLY, 0),
            ],
            setsigmask=(),
            setsigdef=_DEFAULT,
        )
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def _held() -> int:
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kibibytes * 1024


def _limit(soft: int, hard: int) -> None:
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
