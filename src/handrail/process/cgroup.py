"""Limits that the kernel keeps for a zygote and all that it starts: cgroups(7)."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from handrail.process.hierarchy import UNIFIED, hand_down, own_group, try_remove, write

ZYGOTE_BYTES = 32 << 20
"""What a zygote itself takes at most, on top of what a call may have."""
ZYGOTE_PIDS = 2
"""A zygote is one task, and another while it starts a command."""

_NAME = re.compile(r"handrail-(\d+)-.+")
_TRIAL_BYTES = 64 << 20
_TRIAL_PIDS = 16
# What was killed leaves within this, also where it waits for a processor or gives back gigabytes.
_PATIENCE_SECONDS = 5.0
_TRY_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class _Version:
    """What the versions of cgroups do not share."""

    number: int
    kills: str
    memory_steps: Callable[[int], Iterator[tuple[str, str]]]


def _v1_steps(limit: int) -> Iterator[tuple[str, str]]:
    # Memory with swap may at no time be less than memory alone.
    yield "memory.memsw.limit_in_bytes", "-1"
    yield "memory.limit_in_bytes", str(limit or -1)
    yield "memory.memsw.limit_in_bytes", str(limit or -1)


def _v2_steps(limit: int) -> Iterator[tuple[str, str]]:
    yield "memory.swap.max", "0" if limit else "max"
    yield "memory.max", str(limit or "max")


# The kernel's documents cgroup-v1/memory.rst, cgroup-v1/pids.rst and cgroup-v2.rst.
_V1 = _Version(1, "memory.oom_control", _v1_steps)
_V2 = _Version(2, "memory.events", _v2_steps)
_OPTIONAL = {"memory.memsw.limit_in_bytes", "memory.swap.max"}  # only where swap is counted


class Cgroups:
    """The folders that our groups are made in: those of our own group, for each controller."""

    def __init__(self, version: _Version, memory: Path, pids: Path) -> None:
        self._version = version
        self._memory, self._pids = memory, pids

    @property
    def version(self) -> int:
        """Of cgroups: 1 or 2."""
        return self._version.number

    @classmethod
    def find(cls) -> Cgroups | str:
        """Where groups can be made, or in words why they cannot.

        A trial group is made, limited and removed. What servers have left that live no more
        is removed too. In version 2, this process may move into a leaf of its own group.
        """
        try:
            found = cls._look()
            if isinstance(found, cls):
                found._try()
                found._remove_leftovers()
        except OSError as error:
            return f"{error.filename} cannot be used: {error.strerror}"
        return found

    @classmethod
    def _look(cls) -> Cgroups | str:
        memory, pids, unified = (own_group(name) for name in ("memory", "pids", UNIFIED))
        if memory is not None and pids is not None:
            return cls(_V1, memory, pids)
        if unified is None:
            return "no cgroup hierarchy with the controllers memory and pids is mounted here"
        parent = hand_down(unified, _named("server"))
        return parent if isinstance(parent, str) else cls(_V2, parent, parent)

    def make(self, name: str) -> Group:
        """A new group, `handrail-<our process id>-<name>`. Raises `OSError`."""
        return Group(self._version, self._memory / _named(name), self._pids / _named(name))

    def _try(self) -> None:
        group = self.make("trial")
        try:
            group.limit(_TRIAL_BYTES, _TRIAL_PIDS)
        finally:
            group.remove()

    def _remove_leftovers(self) -> None:
        for parent in {self._memory, self._pids}:
            for folder in parent.iterdir():
                name = _NAME.fullmatch(folder.name)
                if name and not Path("/proc", name[1]).exists():
                    try_remove(folder)


class Group:
    """Holds one zygote and all that it starts.

    When it has no memory left, the kernel kills one of its processes, as `memory.oom.group`
    stays off: the zygote is to survive its command.
    """

    def __init__(self, version: _Version, memory: Path, pids: Path) -> None:
        """Make it, in a folder for each controller: the same one in version 2."""
        self._version = version
        self._memory, self._pids = memory, pids
        self._folders = (memory,) if memory == pids else (memory, pids)
        self._limits = (0, 0)
        self._counters: list[int] = []
        try:
            for folder in self._folders:
                _make_folder(folder)
            # Kept open: to look at a counter is one pread(2).
            for file in (memory / version.kills, pids / "pids.events"):
                self._counters.append(os.open(file, os.O_RDONLY | os.O_CLOEXEC))
        except OSError:
            self.remove()
            raise

    def enter(self, pid: int) -> None:
        """Move a process in; what it starts from then on is in here too. Raises `OSError`.

        What it holds already stays on the account of the group that it comes from.
        """
        for folder in self._folders:
            write(folder / "cgroup.procs", str(pid))

    def limit(self, memory_bytes: int, pids: int) -> None:
        """Let a call have so much memory, swap included, and so many processes; 0: unbounded.

        The share of the zygote is added here. Writes only what has changed. Raises `OSError`;
        then the limits are unknown, and the next call of this writes them all.
        """
        before, self._limits = self._limits, (-1, -1)
        if memory_bytes != before[0]:
            self._limit_memory(memory_bytes and memory_bytes + ZYGOTE_BYTES)
        if pids != before[1]:
            write(self._pids / "pids.max", str(pids + ZYGOTE_PIDS) if pids else "max")
        self._limits = (memory_bytes, pids)

    def _limit_memory(self, total: int) -> None:
        for name, value in self._version.memory_steps(total):
            try:
                write(self._memory / name, value)
            except FileNotFoundError:
                if name not in _OPTIONAL:
                    raise

    def oom_kills(self) -> int:
        """How many processes of this group have been killed for want of memory, ever."""
        return _counted(self._counters[0], b"oom_kill")

    def pids_refused(self) -> int:
        """How many forks have been refused in this group, ever."""
        return _counted(self._counters[1], b"max")

    def end(self) -> None:
        """Kill all that it holds, whoever forks meanwhile. For when its zygote cannot do it."""
        _until(self._killed)

    def _killed(self) -> bool:
        """Whether there was nobody left to kill."""
        pids = (self._pids / "cgroup.procs").read_text().split()
        for pid in map(int, pids):
            _kill(pid)
        return not pids

    def remove(self) -> None:
        """Let go of it. It kills nothing; what is busy for longer is left for the next `find`.

        Blocks while it is busy: for seconds at most.
        """
        while self._counters:
            os.close(self._counters.pop())
        _until(lambda: all([try_remove(folder) for folder in self._folders]))


def _until(done: Callable[[], bool]) -> None:
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not done() and time.monotonic() < patience:
        time.sleep(_TRY_SECONDS)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended meanwhile
        os.kill(pid, signal.SIGKILL)


def _named(name: str) -> str:
    return f"handrail-{os.getpid()}-{name}"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        folder.rmdir()  # a server before us had our process id
        folder.mkdir()


def _counted(file: int, name: bytes) -> int:
    for line in os.pread(file, 4096, 0).splitlines():
        key, _, value = line.partition(b" ")
        if key == name:
            return int(value)
    return 0
