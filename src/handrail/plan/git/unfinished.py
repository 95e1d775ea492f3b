"""A rebase or cherry-pick that was interrupted: going on with it does what its files say."""

from __future__ import annotations

import re
from pathlib import Path

from handrail.errors import Denied
from handrail.plan.git.files import content

_RUNS = re.compile(rb"^\s*(?:exec|x)\b", re.MULTILINE)
_STRATEGIES = frozenset({b"", b"octopus", b"ort", b"ours", b"recursive", b"resolve", b"subtree"})
_STRATEGY = re.compile(rb'^\s*strategy\s*=\s*"?([^"\n]*?)"?\s*$', re.MULTILINE | re.IGNORECASE)


def check_unfinished(git_folder: Path, workspace: Path) -> None:
    """Raises `Denied` when to go on would run a command.

    A merge strategy is a program, `git-merge-NAME`, and NAME may have slashes in it.
    """
    todo = content(git_folder / "rebase-merge" / "git-rebase-todo", workspace) or b""
    named = [content(git_folder / "rebase-merge" / "strategy", workspace) or b""]
    named += _STRATEGY.findall(content(git_folder / "sequencer" / "opts", workspace) or b"")
    if _RUNS.search(todo) or not _STRATEGIES.issuperset(name.strip() for name in named):
        raise Denied(
            "a rebase or cherry-pick was interrupted that would run commands when it goes on",
            hint="Its owner may finish it, or end it with `git rebase --abort`.",
        )
