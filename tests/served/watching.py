"""Looking at a server from outside: its processes, its descriptors, its memory, its log."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

Record = dict[str, Any]
"""One line of a server's log."""

_MARKERS = itertools.count(os.getpid() * 10_000)


def new_marker() -> str:
    """A number of seconds that no other test sleeps; it finds the processes of one call."""
    return str(next(_MARKERS))


def processes_of(marker: str) -> list[psutil.Process]:
    """The live processes that have `marker` as an argument."""
    return [process for process in psutil.process_iter() if marker in _arguments(process)]


def has_grown(marker: str) -> bool:
    """Whether a tree of processes has all its branches: three that sleep, below a shell."""
    return len(processes_of(marker)) >= 3


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def commands_below(pid: int) -> list[psutil.Process]:
    """Every process that a server's calls have started: what is below its zygotes."""
    found: list[psutil.Process] = []
    for zygote in zygotes_of(pid):
        with suppress(psutil.NoSuchProcess):
            found += zygote.children(recursive=True)
    return found


def zygotes_of(pid: int) -> list[psutil.Process]:
    """The zygotes of a server: its children, or theirs where bwrap made a view for them."""
    found: list[psutil.Process] = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            found += child.children() if child.name() == "bwrap" else [child]
    return found


def descriptors(pid: int) -> Counter[str]:
    """What a process has open, by kind.

    Without the unnamed files in which the output of recent calls is kept.
    """
    return Counter(itertools.chain.from_iterable(map(_kind, Path(f"/proc/{pid}/fd").iterdir())))


def _kind(descriptor: Path) -> Iterator[str]:
    try:
        target = str(descriptor.readlink())
    except FileNotFoundError:
        return
    if not ("/spool/" in target and target.endswith("(deleted)")):
        yield re.sub(r":\[\d+\]$", "", target)


def own_bytes(pid: int) -> int:
    """Memory of a process that is in no file: what it has really allocated."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def peak_bytes(pid: int) -> int:
    """The most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def records(log: Path) -> list[Record]:
    """A server's log; fails for a line that is not JSON."""
    return [json.loads(line) for line in log.read_text().splitlines()]
