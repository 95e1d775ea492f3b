"""A real terminal of a certain size: what is typed into it, and what it shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pexpect
import pyte

ENTER, UP, DOWN, SPACE = "\r", "\x1b[A", "\x1b[B", " "
BACK, INTERRUPT, ERASE_LINE = "\x02", "\x03", "\x15"
_WAIT_SECONDS = 30.0


@dataclass
class Screen:
    """A command in a terminal."""

    process: pexpect.spawn[bytes]
    shown: pyte.HistoryScreen
    stream: pyte.ByteStream

    @property
    def lines(self) -> list[str]:
        """What the terminal shows now."""
        return [line.rstrip() for line in self.shown.display]

    @property
    def text(self) -> str:
        """What it shows now, without the empty lines below."""
        return "\n".join(self.lines).rstrip("\n")

    @property
    def all_text(self) -> str:
        """All that it has shown, and what has left its upper edge."""
        above = [
            "".join(line[x].data for x in range(self.shown.columns)).rstrip()
            for line in self.shown.history.top
        ]
        return "\n".join([*above, self.text])

    def see(self, words: str) -> None:
        """Wait until `words` stand on the screen; fail when the command ends before."""
        while words not in self.text:
            assert self._read(), f"{words!r} was not seen on\n{self.all_text}"

    def type(self, keys: str) -> None:
        """Press keys."""
        self.process.send(keys)

    def end(self) -> int:
        """Read on until the command ends; its exit code."""
        while self._read():
            pass
        self.process.close()
        assert self.process.exitstatus is not None, f"killed by {self.process.signalstatus}"
        return int(self.process.exitstatus)

    def _read(self) -> bool:
        try:
            self.stream.feed(self.process.read_nonblocking(65_536, timeout=_WAIT_SECONDS))
        except pexpect.EOF:
            return False
        except pexpect.TIMEOUT:
            raise AssertionError(f"nothing more was shown after\n{self.all_text}") from None
        return True


@contextmanager
def screen(
    *arguments: str, folder: Path, size: tuple[int, int] = (80, 24), **environ: str
) -> Iterator[Screen]:
    """Run handrail in `folder`, in a terminal of that many columns and rows."""
    columns, rows = size
    variables: Mapping[str, Any] = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **environ}
    process = pexpect.spawn(
        sys.executable,
        ["-m", "handrail", *arguments],
        cwd=str(folder),
        env=dict(variables),
        dimensions=(rows, columns),
        timeout=_WAIT_SECONDS,
    )
    shown = pyte.HistoryScreen(columns, rows, history=10_000, ratio=1)
    # Where the cursor is, when a program asks.
    shown.write_process_input = process.send  # type: ignore[method-assign]  # made to be replaced
    try:
        yield Screen(process, shown, pyte.ByteStream(shown))
    finally:
        process.close(force=True)
