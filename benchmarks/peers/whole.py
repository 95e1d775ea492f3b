"""A long file read to its end, as each server offers that.

The protocol is spoken by hand here: the client of the other benchmarks joins a line from pieces
in a time that grows with the square of its length, and would be all that is measured.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.peers.contenders import Contender
from benchmarks.peers.memory import Peak, megabytes, peak_of
from tests.served.raw import Message, lines, opening, tool_call

Arguments = Mapping[str, object]
_LONGER_THAN_PAGES = 16_000_000
_HEAD_BYTES = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What it took to read all of a file."""

    seconds: float
    answers: int
    longest: int
    """Bytes of the longest answer, as it came over the pipe."""
    peak: Peak

    def __str__(self) -> str:
        return (
            f"{self.seconds:.1f} s, {self.answers} answers of at most "
            f"{megabytes(self.longest)}, memory at most {self.peak}"
        )


def read_whole(contender: Contender, tool: str, arguments: Arguments) -> Reading:
    """Call, and call again as long as an answer says what comes next, in a server of its own."""
    with _talking(contender) as process, peak_of(process.pid) as peak:
        began = time.perf_counter()
        sizes = [len(line) for line in _pages(process, tool, arguments)]
        return Reading(time.perf_counter() - began, len(sizes), max(sizes), peak)


def _pages(process: subprocess.Popen[bytes], tool: str, arguments: Arguments) -> Iterator[bytes]:
    following: Arguments | None = arguments
    number = 0
    while following is not None:
        number += 1
        answer = _ask(process, tool_call(number, tool, "legacy", **following))
        yield answer
        # What is longer than any page is the whole file, and need not be read to know that.
        following = None if len(answer) > _LONGER_THAN_PAGES else _next(json.loads(answer))


def _next(answer: Mapping[str, Any]) -> Arguments | None:
    result = answer["result"]
    assert not result.get("isError"), result
    following: Mapping[str, Arguments] | None = result["structuredContent"].get("next")
    return following and following["arguments"]


def _ask(process: subprocess.Popen[bytes], *messages: Message) -> bytes:
    """Send messages, and wait for the answer of the request among them."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines(messages))
    process.stdin.flush()
    line = process.stdout.readline()
    while b'"method":' in line[:_HEAD_BYTES]:  # it tells of something, and answers nothing
        line = process.stdout.readline()
    assert line, "the server has ended"
    return line


@contextmanager
def _talking(contender: Contender) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        contender.command,
        env=dict(contender.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _ask(process, *opening("legacy"))
            yield process
        finally:
            process.terminate()
