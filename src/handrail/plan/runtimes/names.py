"""The names of a program: as it was declared, and what each link on the way makes of that."""

from __future__ import annotations

from pathlib import Path

_MOST_LINKS = 40
"""Links that Linux follows in one path; with more, it leads nowhere (path_resolution(7))."""


def names_of(path: Path) -> tuple[Path, ...]:
    """`path`, and after each link in it the path that it becomes; the last has no link."""
    names = [path]
    while len(names) <= _MOST_LINKS and (following := _follow_one(names[-1])) is not None:
        names.append(following)
    return tuple(name for name in names if ".." not in name.parts)


def _follow_one(path: Path) -> Path | None:
    """`path` with the first link in it replaced by its target; None when it has no link.

    Step by step, because `..` means the parent of where a link leads, not of the link.
    """
    here = Path("/")
    for index, part in enumerate(path.parts[1:], start=2):
        if part == "..":
            here = here.parent
        elif (target := _target(here / part)) is not None:
            return here.joinpath(target, *path.parts[index:])
        else:
            here /= part
    return None if here == path else here


def _target(path: Path) -> Path | None:
    try:
        return path.readlink()
    except OSError:
        return None  # no link, or nothing at all
