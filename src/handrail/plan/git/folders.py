"""Where git may find repositories: on the way up, below the work tree, and among its modules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from handrail.errors import Denied
from handrail.plan.git.files import entries, first_line, leads_to
from handrail.plan.git.seen import look

_GITFILE = "gitdir: "
_MOST_ENTRIES = 1_000_000
"""How many names to look at below a work tree, which takes about a second."""


def around(folder: Path, workspace: Path) -> Iterator[tuple[Path, Path]]:
    """The git folders that git may find from `folder` on upwards, each with where it was found.

    Git takes the first that it thinks whole. All are given, so that nobody here must know what
    git thinks. Raises `Denied` for those that lie elsewhere, and when only those above the
    workspace are left.
    """
    found = False
    for here in (folder, *folder.parents):
        for git_folder in _at(here, workspace):
            found = True
            yield git_folder, here
        if here == workspace:
            break
    if not found and any(_is_found(above) for above in workspace.parents):
        raise Denied(
            "the workspace is a part of a git repository that is not in it",
            hint="The server's owner may make the repository's top folder the workspace.",
        )


def below(top: Path, workspace: Path) -> Iterator[Path]:
    """The git folders in the folders below `top`: submodules, or what could pass for them."""
    waiting, looked_at = [str(top)], 0
    while waiting:
        here = waiting.pop()
        seen = look(here)
        if seen is None:
            continue
        looked_at += seen.names
        waiting += seen.folders
        if seen.has_git and here != str(top):
            yield from _opened(Path(here, ".git"), workspace)
        if looked_at > _MOST_ENTRIES:
            raise Denied(
                "the work tree has too many files to look for repositories among them",
                hint=f"At most {_MOST_ENTRIES:,} are looked at.",
            )


def modules(git_folder: Path) -> Iterator[Path]:
    """The git folders of submodules, which git keeps in the one of the whole."""
    waiting = [git_folder / "modules", *(git_folder / "worktrees").glob("*/modules")]
    while waiting:
        here = waiting.pop()
        if os.path.lexists(here / "config") or os.path.lexists(here / "HEAD"):
            yield here
        for entry in entries(here):
            if entry.is_dir() and entry.name not in ("objects", "refs", "logs"):
                waiting.append(Path(entry.path))


def _at(folder: Path, workspace: Path) -> Iterator[Path]:
    if os.path.lexists(folder / ".git"):
        yield from _opened(folder / ".git", workspace)
    if _is_bare(folder):
        yield folder


def _opened(path: Path, workspace: Path) -> Iterator[Path]:
    """The git folder at `path`, or where the file at `path` says that it is."""
    path = leads_to(path, workspace)
    if path.is_dir():
        yield path
        return
    line = first_line(path, workspace)
    if line is not None and line.startswith(_GITFILE):
        yield leads_to(path.parent / line.removeprefix(_GITFILE), workspace)


def _is_found(folder: Path) -> bool:
    return os.path.lexists(folder / ".git") or _is_bare(folder)


def _is_bare(folder: Path) -> bool:
    has_objects = os.path.lexists(folder / "objects") or os.path.lexists(folder / "commondir")
    return has_objects and os.path.lexists(folder / "HEAD")
