"""A large repository with its work tree: made in seconds, and the same one each time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.large.content import has_needle
from tests.large.history import BRANCH, history
from tests.large.layout import IGNORED_FOLDER, File
from tests.served.site import commands_user

UNTRACKED = ("todo.md", "docs/untracked page.md")
IGNORED = (
    *(f"{IGNORED_FOLDER}/part{each % 20}/out_{each}.o" for each in range(2000)),
    *("notes.tmp", "docs/draft.md~", "services/run.log", "tools/__pycache__/one.pyc"),
)
# No settings of this machine.
_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True, slots=True)
class LargeRepository:
    """What it has: these numbers hold of its last commit. `UNTRACKED` and `IGNORED` are beside."""

    folder: Path
    files: int
    """Tracked, `.gitignore` among them."""
    commits: int
    needles: int
    """So many tracked files have the line with the needle."""

    def file(self, number: int) -> Path:
        """A tracked file by its number, which is less than `files - 1`."""
        return self.folder / File(number).path


def make_large_repository(
    folder: Path, files: int = 50_000, commits: int = 10_000
) -> LargeRepository:
    """Make one in a new folder, and check it out; 10 to 20 seconds and 400 MB, as large as that.

    All is owned by whoever commands run as, who must be able to come to `folder`.
    """
    folder.mkdir()
    _give([folder])
    _git(folder, "init", "--quiet", f"--initial-branch={BRANCH}")
    # What is to be made fast need not be small.
    importing = ("-c", "core.compression=1", "fast-import", "--quiet", "--done", "--depth=1")
    _git(folder, *importing, said=history(files, commits))
    _git(folder, "checkout", "--quiet", BRANCH)
    _write_beside(folder)
    needles = sum(has_needle(File(number)) for number in range(files - 1))
    return LargeRepository(folder, files, commits, needles)


def copy_repository(source: Path, folder: Path) -> None:
    """Clone one, with a work tree; all of it is owned as a large one is."""
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(source), str(folder)]
    subprocess.run(clone, check=True)
    _give([folder, *folder.rglob("*")])
    _git(folder, "update-index", "-q", "--refresh")


def _git(folder: Path, *arguments: str, said: Iterable[bytes] = ()) -> None:
    user = commands_user()
    process = subprocess.Popen(
        ["git", *arguments],
        cwd=folder,
        env=_ENVIRONMENT,
        stdin=subprocess.PIPE,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=() if user else None,
    )
    with process:
        assert process.stdin is not None
        process.stdin.writelines(said)
    assert process.returncode == 0, arguments


def _write_beside(folder: Path) -> None:
    made = set()
    for path in (folder / name for name in (*IGNORED, *UNTRACKED)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name} is in no commit\n")
        made |= {path, *path.parents} - {folder, *folder.parents}
    _give(made)


def _give(paths: Iterable[Path]) -> None:
    user = commands_user()
    if user is not None:
        for path in paths:
            os.chown(path, user.uid, user.gid)
