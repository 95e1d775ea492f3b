"""A git repository is made harmless before git meets it: what its own files say is turned off.

Git takes settings, and with them programs to run, from files in the repository: who can write a
file there could have it run by `git status`. Settings with fixed names are turned off in git's
profile (profiles/programs/git.toml); here, those whose names must be looked up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from handrail.errors import Denied
from handrail.plan.git.files import leads_to
from handrail.plan.git.folders import around, below, modules
from handrail.plan.git.settings import turned_off
from handrail.plan.git.store import Store, open_store

_MOST_SETTINGS = 500
"""How many can be turned off: each is an argument."""


def neutralise(cwd: Path, workspace: Path) -> tuple[str, ...]:
    """Arguments for git itself, before its subcommand, that turn off what the disk says.

    For every repository that git could meet from `cwd` on: there, in every folder above it up to
    the workspace, and in submodules. Raises `Denied` for what no argument turns off. Where `cwd`
    is outside the workspace, as only a tool's author can have it, nothing is looked at.
    """
    cwd = Path(os.path.realpath(cwd))
    if not cwd.is_relative_to(workspace):
        return ()
    settings = dict.fromkeys(
        setting for store in _met(cwd, workspace) for setting in _settings(store, cwd, workspace)
    )
    if len(settings) > _MOST_SETTINGS:
        raise Denied(
            "the git repository is configured to run too many programs",
            hint=f"At most {_MOST_SETTINGS} settings can be turned off.",
        )
    return tuple(word for setting in settings for word in ("-c", setting))


def _met(cwd: Path, workspace: Path) -> Iterator[Store]:
    """Every repository that git could meet."""
    found = list(around(cwd, workspace))
    folders = [folder for folder, _ in found]
    trees = [place for folder, place in found if place != folder]
    seen: set[Path] = set()
    walked: list[Path] = []
    while folders or trees:
        if not folders:
            tree = trees.pop()  # the outermost first
            if not any(tree.is_relative_to(one) for one in walked):
                walked.append(tree)
                folders += below(tree, workspace)
        elif (folder := folders.pop()) not in seen:
            seen.add(folder)
            store = open_store(folder, workspace)
            folders += [*modules(store.folder), *modules(store.common)]
            trees += store.work_trees
            yield store


def _settings(store: Store, cwd: Path, workspace: Path) -> Iterator[str]:
    places = (store.folder, store.folder.parent, cwd, *store.work_trees)
    leads_inside = partial(_leads_inside, places, workspace)
    for entry in store.entries:
        yield from turned_off(entry, leads_inside)


def _leads_inside(places: tuple[Path, ...], workspace: Path, written: str) -> bool:
    """Whether a path stays in the workspace, from wherever git takes it to be relative to."""
    if written.startswith(("~", "%", ":")):
        return False  # git expands these
    try:
        for place in places:
            leads_to(place / written, workspace)
    except Denied:
        return False
    return True
