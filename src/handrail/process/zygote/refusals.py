"""The system calls that the filter refused: answered, and noted for whoever asks why."""

from __future__ import annotations

import errno

from . import seccomp

_MOST_NOTED = 16
Refusal = tuple[int, int, int]
"""The number of a system call, and its first two arguments."""


class Refusals:
    """What is heard on the filter's listener, -1 where there is none."""

    def __init__(self, listener: int, answers: dict[int, int]) -> None:
        self.listener = listener
        self._answers = answers
        self._noted: list[Refusal] = []

    def answer(self) -> None:
        """Answer one call that waits."""
        notice = seccomp.hear(self.listener)
        if notice is None:
            return
        asker, number, arguments = notice
        seccomp.refuse(self.listener, asker, self._answers.get(number, errno.EPERM))
        refusal = (number, arguments[0], arguments[1])
        if refusal not in self._noted and len(self._noted) < _MOST_NOTED:
            self._noted.append(refusal)

    def take(self) -> list[Refusal]:
        """What was noted since the last time."""
        noted, self._noted = self._noted, []
        return noted
