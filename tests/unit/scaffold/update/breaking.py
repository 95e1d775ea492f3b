"""An update that goes wrong at a chosen step, in a process of its own."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from handrail.cli.main import run

_STEPS = {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod"}
_FIRST = {"os.mkdir", "os.rename"}
"""What an update begins with, and what taking one back does."""
_NEEDS_SPACE = {"os.link", "os.mkdir"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

Fail = Callable[[str, tuple[object, ...]], None]


def killed(_: str, __: tuple[object, ...]) -> None:
    """As by the kernel, out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def ended(_: str, __: tuple[object, ...]) -> None:
    """As by whoever stops a container."""
    os.kill(os.getpid(), signal.SIGTERM)


def interrupted(_: str, __: tuple[object, ...]) -> None:
    """As by Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def full(event: str, arguments: tuple[object, ...]) -> None:
    """No space is left on the disk."""
    makes = event == "open" and int(str(arguments[2] or 0)) & _WRITES
    if makes or event in _NEEDS_SPACE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))


ONCE = (killed, ended, interrupted)


def update_that_fails(root: Path, step: int, fail: Fail) -> int | None:
    """`handrail update --no-tests`; its exit code, or None when it did not come so far.

    Steps are operations on files, from the first that writes. `fail` is called at the given one,
    and at all that follow when it is no signal.
    """
    child = os.fork()
    if child == 0:
        _fail_at(root, step, fail)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return None if code == 0 else code


def _fail_at(root: Path, step: int, fail: Fail) -> None:
    """Runs in the child, and ends it."""
    steps = 0

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal steps
        begins = event in _FIRST and ".handrail/update" in str(arguments[0])
        if event not in _STEPS or not (steps or begins):
            return
        steps += 1
        if steps == step or (steps > step and fail not in ONCE):
            fail(event, arguments)

    with open(os.devnull, "w") as nothing:  # noqa: PTH123  # a device
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    code = 99
    with suppress(BaseException):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.addaudithook(heard)
        try:
            code = run(["update", str(root), "--no-tests"])
        except SystemExit as said:
            code = int(str(said.code))
    os._exit(code)
