"""What a server and all that it has started hold in memory.

Sources: proc_pid_status(5) for VmHWM, proc_pid_smaps(5) for the proportional size.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_EVERY_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes. `proportional` counts a page that several share once; `resident`, in each."""

    resident: int
    proportional: int

    def __str__(self) -> str:
        return f"{megabytes(self.resident)}, shared once {megabytes(self.proportional)}"

    @classmethod
    def of(cls, pid: int) -> Memory:
        """Of a process and all below it, now."""
        resident = proportional = 0
        for process in _tree(pid):
            with suppress(psutil.NoSuchProcess):
                found = process.memory_full_info()
                resident += found.rss
                proportional += found.pss
        return cls(resident, proportional)


@dataclass(slots=True)
class Peak:
    """The most that a process and all below it held, from samples of each one's own peak."""

    pid: int
    resident: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __str__(self) -> str:
        return megabytes(self.resident)

    def sample(self) -> None:
        """Look once."""
        peaks = sum(_high_water(process.pid) for process in _tree(self.pid))
        self.resident = max(self.resident, peaks)

    def keep_sampling(self) -> None:
        """Look until it is over."""
        while not self._over.wait(_EVERY_SECONDS):
            self.sample()

    def end(self) -> None:
        """It is over."""
        self._over.set()


@contextmanager
def peak_of(pid: int) -> Iterator[Peak]:
    """Watch from a thread, so that a client which reads a long answer does not stop it."""
    peak = Peak(pid)
    thread = threading.Thread(target=peak.keep_sampling)
    thread.start()
    try:
        yield peak
    finally:
        peak.end()
        thread.join()
        peak.sample()


def _tree(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _high_water(pid: int) -> int:
    """The most that one process has held since it began; nothing, once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def megabytes(count: int) -> str:
    """For people."""
    return f"{count / 1e6:.0f} MB" if count > 10_000_000 else f"{count / 1e6:.2f} MB"
