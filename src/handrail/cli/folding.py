"""Lists of paths for a person: what every program gets takes one line."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from handrail.plan.runtime import Runtime


def folded(paths: Iterable[str], system: Runtime) -> Iterator[str]:
    """`paths`, those that `system` has as a summary: `/usr, 43 in /etc`."""
    shared = {os.path.realpath(path) for path in (*system.readable, *system.executable)}
    listed = list(paths)
    yield from (path for path in listed if path not in shared)
    common = [path for path in listed if path in shared]
    if common:
        yield f"and what every program gets: {', '.join(_summary(common))}"


def _summary(paths: list[str]) -> Iterator[str]:
    tops = Counter("/".join(Path(path).parts[:2]).replace("//", "/") for path in paths)
    for top, number in sorted(tops.items(), key=lambda counted: -counted[1]):
        yield top if top in paths else f"{number} in {top}"
