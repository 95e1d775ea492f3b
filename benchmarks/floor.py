"""The floor: the least that a start can cost on this machine, measured by a program in C."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Act, timed

_SOURCE = Path(__file__).with_name("floor.c")
_NANOSECONDS = struct.Struct("=q")


@dataclass(frozen=True, slots=True)
class Floor:
    """Starts a program and waits for it. `name` says by what."""

    name: str
    act: Act
    warning: str | None = None


@contextmanager
def floor(program: str, folder: Path) -> Iterator[Floor]:
    """The floor for `program`, compiled in `folder`; where nobody compiles C, the next best."""
    compiler = shutil.which("cc")
    if compiler is None:
        warning = "THERE IS NO C COMPILER: os.posix_spawn stands in for the floor, and is slower"
        yield Floor("os.posix_spawn", posix_spawn(program), warning)
        return
    built = folder / "floor"
    subprocess.run([compiler, "-O2", "-o", built, _SOURCE], check=True)
    with subprocess.Popen(
        [built, program], bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Floor("C vfork + exec", _asking(process))


def posix_spawn(program: str) -> Act:
    """The least that Python can do."""

    async def act() -> None:
        os.waitpid(os.posix_spawn(program, [program], {}), 0)

    return timed(act)


def _asking(process: subprocess.Popen[bytes]) -> Act:
    """It measures itself, so that what its pipes cost is not its own."""
    turns, answers = process.stdin, process.stdout
    assert turns is not None
    assert answers is not None

    async def act() -> float:
        turns.write(b".")
        nanoseconds: int
        [nanoseconds] = _NANOSECONDS.unpack(answers.read(_NANOSECONDS.size))
        return nanoseconds / 1e9

    return act
