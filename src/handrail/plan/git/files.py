"""Reading a repository's files without being led out of the workspace, or made to wait."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from handrail.errors import Denied, PathOutsideWorkspace
from handrail.plan.paths import confine

_MOST_BYTES = 1_048_576
"""Of one small file of a repository."""


def leads_to(path: Path, workspace: Path) -> Path:
    """Where `path`, absolute, leads to. Raises `Denied` when any step leaves the workspace."""
    try:
        if not path.is_relative_to(workspace):
            raise _outside()
        return Path(os.path.realpath(confine(str(path), workspace, field="repository")))
    except PathOutsideWorkspace:
        raise _outside() from None


def content(path: Path, workspace: Path) -> bytes | None:
    """What is in the file at `path`; None when there is none. Raises `Denied`."""
    if not os.path.lexists(path):
        return None
    try:
        # A pipe would wait for its writer.
        descriptor = os.open(leads_to(path, workspace), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError:
        raise unreadable() from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MOST_BYTES:
            raise unreadable()
        return os.read(descriptor, _MOST_BYTES)
    finally:
        os.close(descriptor)


def first_line(path: Path, workspace: Path) -> str | None:
    """What a file like `commondir` says; None when it is not there. Raises `Denied`."""
    raw = content(path, workspace)
    if raw is None:
        return None
    if b"\0" in raw:
        raise unreadable()
    return os.fsdecode(raw.rstrip(b"\r\n"))


def entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in a folder; nothing when it cannot be read."""
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError:
        return


def unreadable() -> Denied:
    """The refusal of a repository whose files are no repository's."""
    return Denied(
        "the git repository has a file that cannot be read, or is too large to be judged",
        hint="Its owner may repair the repository: `git fsck`, `git config --list`.",
    )


def _outside() -> Denied:
    return Denied(
        "the git repository leads outside the workspace",
        hint="Its folders, links, alternates and work tree must lie in the workspace.",
    )
