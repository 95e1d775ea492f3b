"""Work that a zygote does in a process of its own, without another program: a fork, no exec.

The module that does it is imported beforehand, for once the thread is confined nothing more can
be read from where modules lie.
"""

from __future__ import annotations

import os
import signal
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

Work = Callable[[Sequence[bytes]], int]
"""Takes argv, with its streams at 0, 1 and 2; its exit code."""

_FAILED = 70
# What a zygote hears or ignores. SIGXFSZ stays ignored: a file that becomes too large is an
# error of write(2), about which work can say more than a signal.
_CHANGED = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGXCPU,
    signal.SIGCHLD,
    signal.SIGPIPE,
)
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(module: str) -> Work:
    """The `work` of a module of this package, which needs the standard library only.

    The package's own first module is left out: it would bring the whole server along.
    """
    package = types.ModuleType("handrail")
    package.__path__ = [_PACKAGE]
    sys.modules["handrail"] = package
    __import__(module)
    work: Work = sys.modules[module].work
    return work


def fork(work: Work, argv: Sequence[bytes], streams: Sequence[int]) -> int:
    """Do `work` in a new process, as if it were a program of this `argv`; its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = _FAILED
    try:
        _become_program(streams)
        code = work(argv)
    finally:
        # Nothing that is raised may go back into the zygote's own loop, of which this is a copy.
        _tell(*sys.exc_info())
        os._exit(code)


def _become_program(streams: Sequence[int]) -> None:
    """What exec(2) and posix_spawn(3) do for a program: its streams, and nothing else open."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in _CHANGED:
        signal.signal(number, signal.SIG_DFL)
    for place in range(3):
        os.dup2(streams[place], place)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _tell(kind: type[BaseException] | None, fault: BaseException | None, trace: Any) -> None:
    if kind is not None and fault is not None:
        with open(2, "w", closefd=False) as sys.stderr:
            sys.__excepthook__(kind, fault, trace)
