"""Asking the person at the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import sys
import termios
from collections.abc import Iterator

from rich.status import Status

from handrail.errors import ApprovalDeclined
from handrail.mcp.question import tell
from handrail.policy.approval import Approval, Approver, Nobody
from handrail.policy.question import Question

_STDIN, _STDERR = 0, 2
_LONGEST_LINE = 4096
"""Bytes that a terminal takes before Enter; termios(3)."""


def approver(*, yes: bool, status: Status | None) -> Approver:
    """The person at the terminal, who may have said yes beforehand; nobody without one.

    `status` is what is shown there meanwhile.
    """
    if yes:
        return Beforehand()
    if os.isatty(_STDIN) and os.isatty(_STDERR):
        return Terminal(status)
    return Nobody()


class Beforehand:
    """Somebody who wrote `--yes`."""

    async def approve(self, question: Question) -> Approval:
        """Their word, for whatever the plan is."""
        return Approval.now(f"--yes by {_user()}")


class Terminal:
    """Asks on stderr, and reads the answer from stdin."""

    def __init__(self, status: Status | None) -> None:
        self._status = status

    async def approve(self, question: Question) -> Approval:
        """Their word. Raises `ApprovalDeclined` for all but y and yes."""
        with self._quiet():
            # What was typed before the question was seen is no answer to it.
            termios.tcflush(_STDIN, termios.TCIFLUSH)
            sys.stderr.write(f"{tell(question)}\nyes or no [no]: ")
            sys.stderr.flush()
            answer = await _line()
        if answer.strip().lower() not in {b"y", b"yes"}:
            raise ApprovalDeclined("the person at the terminal said no")
        return Approval.now(f"the terminal of {_user()}")

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Nothing else on the terminal."""
        if self._status is None:
            yield
            return
        self._status.stop()
        yield
        self._status.start()


async def _line() -> bytes:
    """What is typed up to Enter; nothing at the end of the input. No thread: it could not be
    stopped."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        loop.remove_reader(_STDIN)
        typed.set_result(os.read(_STDIN, _LONGEST_LINE))

    loop.add_reader(_STDIN, read)
    try:
        return await typed
    finally:
        loop.remove_reader(_STDIN)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
