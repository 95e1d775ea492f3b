"""Handrail at a command line, as a user runs it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_END_SECONDS = 60.0


@dataclass(frozen=True)
class Printed:
    """What a command printed, and its exit code; measured times are levelled."""

    code: int
    out: str
    err: str


def handrail(*arguments: str, folder: Path, under: Sequence[str] = (), **environ: str) -> Printed:
    """Run the command in `folder`, with an environment of PATH and `environ` alone.

    `under` is what to start it by.
    """
    done = subprocess.run(
        [*under, sys.executable, "-m", "handrail", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Printed(done.returncode, done.stdout, _level(done.stderr))


def _level(text: str) -> str:
    return re.sub(r"after \d+\.\d+ s", "after 0.00 s", text)


@dataclass
class AtTerminal:
    """A command whose stdin and stderr are a terminal, with us before it."""

    process: subprocess.Popen[str]
    screen: int
    seen: str = ""

    def see(self, words: str) -> None:
        """Wait until `words` are on the screen; fail when the command ends before."""
        while words not in self.seen:
            assert self._read(), f"{words!r} was not seen in {self.seen!r}"

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.screen, keys.encode())

    def end(self) -> Printed:
        """Read on until it ends."""
        while self._read():
            pass
        out, _ = self.process.communicate(timeout=_END_SECONDS)
        return Printed(self.process.returncode, out, _level(self.seen.replace("\r\n", "\n")))

    def _read(self) -> bool:
        """Take what is new on the screen, if there is to be more."""
        ready, _, _ = select.select([self.screen], [], [], _END_SECONDS)
        assert ready, f"nothing more was seen after {self.seen!r}"
        try:
            new = os.read(self.screen, 65_536)
        except OSError:  # nobody has the terminal any more: pty(7)
            return False
        self.seen += new.decode(errors="replace")
        return bool(new)


@contextmanager
def at_terminal(*arguments: str, folder: Path, **environ: str) -> Iterator[AtTerminal]:
    """Run the command in `folder` at a terminal."""
    screen, terminal = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "handrail", *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **environ},
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            text=True,
        ) as process:
            os.close(terminal)
            try:
                yield AtTerminal(process, screen)
            finally:
                process.kill()
    finally:
        os.close(screen)
