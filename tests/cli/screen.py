"""A real terminal of a certain size: what is typed into it, and what it shows."""

from __future__ import annotations

import os
import re
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

    process: pexpect.spawn[Any]
    shown: pyte.HistoryScreen
    stream: pyte.ByteStream
    raw: str = ""
    """All that the command wrote, as it wrote it."""

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

    def see_question(self, words: str) -> None:
        """Wait until a question is the last thing on the screen, wherever its line is broken."""
        while words.replace(" ", "") not in self._question():
            assert self._read(), f"{words!r} was not asked on\n{self.all_text}"

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

    def _question(self) -> str:
        """What stands from the last question on, without its spaces."""
        lines = self.text.splitlines()
        marks = [n for n, line in enumerate(lines) if re.match(r"(\d+ of|\?) ", line)]
        return "".join("".join(lines[marks[-1] :]).split()) if marks else ""

    def _read(self) -> bool:
        try:
            new = self.process.read_nonblocking(65_536, timeout=_WAIT_SECONDS)
            self.raw += new.decode(errors="replace")
            self.stream.feed(new)
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

    def reply(data: str) -> None:
        """Say where the cursor is, when a program asks."""
        process.send(data)

    shown.write_process_input = reply  # type: ignore[method-assign]  # made to be replaced
    try:
        yield Screen(process, shown, pyte.ByteStream(shown))
    finally:
        process.close(force=True)
