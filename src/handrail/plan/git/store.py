"""One repository's own folder: that it stays in the workspace, and how it is configured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.git.config import Entry, Unreadable, parse
from handrail.plan.git.files import content, entries, first_line, leads_to, unreadable
from handrail.plan.git.unfinished import check_unfinished

_MOST_ALTERNATES = 100
"""Git itself follows five, one after another."""


@dataclass(frozen=True, slots=True)
class Store:
    """A git folder, and the one that it shares with others when it is a linked work tree's."""

    folder: Path
    common: Path
    entries: tuple[Entry, ...]
    work_trees: tuple[Path, ...]
    """Where its configuration says that its files are."""


def open_store(folder: Path, workspace: Path) -> Store:
    """What is in the git folder `folder`, which lies in the workspace.

    Raises `Denied` when it leads out of the workspace, is configured in a way that git does not
    read either, or would run a command when an interrupted rebase goes on.
    """
    said = first_line(folder / "commondir", workspace)
    common = folder if said is None else leads_to(folder / said, workspace)
    for one in {folder, common}:
        _check_links(one, workspace)
        _check_alternates(one / "objects", workspace)
        check_unfinished(one, workspace)
    found = tuple(_entries({folder, common}, workspace))
    named = (one.value for one in found if one.name == "core.worktree" and one.value)
    return Store(
        folder=folder,
        common=common,
        entries=found,
        work_trees=tuple(leads_to(folder / path, workspace) for path in named),
    )


def _entries(folders: set[Path], workspace: Path) -> Iterator[Entry]:
    for folder in folders:
        for name in ("config", "config.worktree"):
            try:
                yield from parse(content(folder / name, workspace) or b"")
            except Unreadable:
                raise unreadable() from None


def _check_links(folder: Path, workspace: Path) -> None:
    """Links among a repository's files are rare; what is behind them is read as a part of it."""
    for place in ("", "info", "objects", "objects/info", "objects/pack", "refs", "logs"):
        for entry in entries(folder / place):
            if entry.is_symlink():
                leads_to(Path(entry.path), workspace)


def _check_alternates(objects: Path, workspace: Path) -> None:
    """Other folders that objects are taken from (gitrepository-layout(5))."""
    waiting, seen = [leads_to(objects, workspace)], set[Path]()
    while waiting:
        here = waiting.pop()
        seen.add(here)
        raw = content(here / "info" / "alternates", workspace) or b""
        for line in raw.split(b"\n"):
            if line.startswith(b'"') or b"\0" in line or len(seen) > _MOST_ALTERNATES:
                raise unreadable()
            if line and not line.startswith(b"#"):
                there = leads_to(here / line.decode("utf-8", "surrogateescape"), workspace)
                waiting += [there] if there not in seen else []
