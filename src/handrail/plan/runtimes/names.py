"""The names of a program: as it was declared, and what each link on the way makes of that."""

from __future__ import annotations

from pathlib import Path

_MOST_STEPS = 100
"""Linux follows 40 links in one path (path_resolution(7)); each may climb with some `..`."""


def names_of(path: Path) -> tuple[Path, ...]:
    """`path`, and after each link in it the path that it becomes; the last has no link."""
    names = [path]
    while len(names) <= _MOST_STEPS and (following := _step(names[-1])) is not None:
        names.append(following)
    return tuple(name for name in names if ".." not in name.parts)


def _step(path: Path) -> Path | None:
    """`path` without its first link, or its first `..`; None when it has neither.

    One at a time, because `..` means the parent of where a link leads, not of the link.
    """
    here = Path("/")
    for index, part in enumerate(path.parts[1:], start=2):
        if part == "..":
            return here.parent.joinpath(*path.parts[index:])
        if (target := _target(here / part)) is not None:
            return here.joinpath(target, *path.parts[index:])
        here /= part
    return None


def _target(path: Path) -> Path | None:
    try:
        return path.readlink()
    except OSError:
        return None  # no link, or nothing at all
