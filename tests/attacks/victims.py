"""A process that nothing confines, of the user that commands run as, to be attacked by them."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.attacks.outside import SECRET

# Of the system, so that any user can run it.
PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("victim.py")
MARK = int(signal.SIGRTMIN)
"""The signal that comes after all others that are pending (signal(7))."""

_counter = itertools.count(1)


class Victim:
    """One that runs; `targets` say where it holds its secret, as victim.py tells it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(SCRIPT.read_text())
        process.stdin.close()
        self._says = process.stdout
        self.targets: dict[str, Any] = json.loads(self._says.readline())

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def heard(self) -> set[int]:
        """The signals that it got since the last time."""
        self.send(MARK)
        return set(iter(lambda: int(self._says.readline()), MARK))


@contextmanager
def victim(uid: int) -> Iterator[Victim]:
    """A victim of this user, while it is looked at."""
    with subprocess.Popen(
        [PYTHON, "-I", "-S", "-", str(os.getpid() << 8 | next(_counter) % 256)],
        env={"CANARY": SECRET},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **identity(uid),
    ) as process:
        try:
            yield Victim(process)
        finally:
            process.terminate()


def identity(uid: int) -> dict[str, Any]:
    """What makes `subprocess` start something as this user."""
    return {} if uid == os.getuid() else {"user": uid, "group": uid, "extra_groups": []}
