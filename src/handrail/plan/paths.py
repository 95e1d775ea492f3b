"""Path arguments stay in the workspace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from handrail.errors import PathOutsideWorkspace

_MOST_LINKS = 40
"""Links that Linux follows in one path; with more, it leads nowhere (path_resolution(7))."""
_MOST_TRIES = 10


def confine(value: str, workspace: Path, *, field: str) -> Path:
    """Where `value` leads, as an absolute path below `workspace`.

    Links in every folder on the way are followed and must stay inside at every step; so must
    the last name, when that is a link. The last name itself is kept, so that a tool that works
    on links works on the link. Names that do not exist yet are fine.

    Raises `PathOutsideWorkspace`, without saying where the path would have led.
    """
    names = _names_below(value, workspace)
    folder = None if names is None else _follow(workspace, names[:-1], workspace)
    end = None if names is None or folder is None else _follow(folder, names[-1:], workspace)
    if names is None or folder is None or end is None:
        raise PathOutsideWorkspace(
            f"`{field}` leads outside the workspace",
            field=field,
            hint="Give a path below the workspace, relative to it.",
        )
    return end if names[-1:] in ([], [".."]) else folder / names[-1]


def _names_below(value: str, workspace: Path) -> list[str] | None:
    """The names in `value`, from the workspace on; None when it is absolute and elsewhere."""
    path = Path(value)
    if path.is_absolute():
        # It may call the workspace by another name, as a link of the system's does.
        known = path if path.is_relative_to(workspace) else real(path)
        if known is None or not known.is_relative_to(workspace):
            return None
        path = known.relative_to(workspace)
    return list(path.parts)


def real(path: Path) -> Path | None:
    """Where `path` leads in the end, as far as there is anything; None when nobody can say.

    A link of another process in proc(5) is for that one to read, and someone may put other things
    in the place of links while they are followed.
    """
    for _ in range(_MOST_TRIES):
        with suppress(OSError):
            return Path(os.path.realpath(path))
    return None


def _follow(start: Path, names: Sequence[str], workspace: Path) -> Path | None:
    """Where `names` lead from `start`, links and all; None when any step leaves `workspace`.

    A link that goes out and comes back is refused too: through proc(5), its way back would be
    another for the program than for us.
    """
    here, waiting, links = start, list(reversed(names)), 0
    while waiting:
        name = waiting.pop()
        if name == "..":
            if here == workspace != workspace.parent:
                return None
            here = here.parent
        elif (target := _target(here / name)) is None or links == _MOST_LINKS:
            here = here / name
        elif (following := _within(here, target, workspace)) is None:
            return None
        else:
            here, names_of_target = following
            waiting += reversed(names_of_target)
            links += 1
    return here


def _target(path: Path) -> Path | None:
    try:
        return path.readlink()
    except OSError:
        return None  # no link, or nothing at all


def _within(here: Path, target: Path, workspace: Path) -> tuple[Path, Sequence[str]] | None:
    """From where to go on, and by which names; None for an absolute link out of the workspace."""
    if not target.is_absolute():
        return here, target.parts
    if target.is_relative_to(workspace):
        return workspace, target.relative_to(workspace).parts
    return None


def render(path: Path, cwd: Path) -> str:
    """A confined path as an argument: `./`-prefixed when below `cwd`, absolute otherwise.

    Neither form can be taken for an option.
    """
    if path == cwd:
        return "./"
    if path.is_relative_to(cwd):
        return f"./{path.relative_to(cwd)}"
    return str(path)
