"""What a declared program needs from the disk to run at all, worked out without running it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from handrail.plan.runtimes.caches import caches
from handrail.plan.runtimes.installation import installations
from handrail.plan.runtimes.libraries import libraries
from handrail.plan.runtimes.names import names_of
from handrail.plan.runtimes.packages import packages
from handrail.plan.runtimes.runtime import Runtime, join
from handrail.plan.runtimes.script import interpreters
from handrail.plan.runtimes.shims import shims
from handrail.plan.runtimes.system import SYSTEM_TREES, is_of_system, system

__all__ = ["Runtime", "runtime_of", "system"]

_FAMILIES: tuple[Callable[[Sequence[Path]], Iterator[Runtime]], ...] = (
    shims,
    installations,
    packages,
    caches,
    libraries,
)
_MOST_INTERPRETERS = 5
"""A script may be run by a script; Linux follows that as often (execve(2))."""

_SYSTEM_NAMES = {
    "shell": re.compile(r"(ba|da|k|z|fi)?sh|busybox"),
    "python": re.compile(r"python[\d.]*"),
    "perl": re.compile(r"perl[\d.]*"),
    "ruby": re.compile(r"ruby[\d.]*"),
    "node": re.compile(r"node(js)?"),
    "git": re.compile(r"git(-.*)?"),
}


def runtime_of(path: Path) -> Runtime:
    """What the program at `path` (absolute, links kept) needs beside what all programs get.

    Every place comes from where the program is and what its file says; nothing is started.
    A home folder, or anything known to hold credentials, is never among them.
    """
    parts = tuple(_parts(path, _MOST_INTERPRETERS))
    name = next((part.name for part in parts if part.name), "system")
    return join(name, parts, besides=SYSTEM_TREES)


def _parts(path: Path, deeper: int) -> Iterator[Runtime]:
    names = names_of(path)
    yield Runtime("", executable=names)
    for family in _FAMILIES:
        yield from family(names)
    yield Runtime(_system_name(names))
    if deeper:
        for interpreter in interpreters(names):
            yield from _parts(interpreter, deeper - 1)


def _system_name(names: Sequence[Path]) -> str:
    """What a program of the system is called when `explain` lists it."""
    if not is_of_system(names[-1]):
        return ""
    called = (name for name, known in _SYSTEM_NAMES.items() if known.fullmatch(names[-1].name))
    return next(called, "")
