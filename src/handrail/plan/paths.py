"""Path arguments stay in the workspace."""

from __future__ import annotations

import os
from pathlib import Path

from handrail.errors import PathOutsideWorkspace


def confine(value: str, workspace: Path, *, field: str) -> Path:
    """Where `value` leads, as an absolute path below `workspace`.

    Links in every folder on the way are followed and must stay inside; so must the target of
    the last name, when that is a link. The last name itself is kept, so that a tool that works
    on links works on the link. Names that do not exist yet are fine.

    Raises `PathOutsideWorkspace`, without saying where the path would have led.
    """
    lexical = workspace / value
    real = Path(os.path.realpath(lexical))
    if lexical.name in ("", ".", "..") or lexical == workspace:
        named = real
    else:
        named = Path(os.path.realpath(lexical.parent), lexical.name)
    if not (real.is_relative_to(workspace) and named.is_relative_to(workspace)):
        raise PathOutsideWorkspace(
            f"`{field}` leads outside the workspace",
            field=field,
            hint="Give a path below the workspace, relative to it.",
        )
    return named


def render(path: Path, cwd: Path) -> str:
    """A confined path as an argument: `./`-prefixed when below `cwd`, absolute otherwise.

    Neither form can be taken for an option.
    """
    if path == cwd:
        return "./"
    if path.is_relative_to(cwd):
        return f"./{path.relative_to(cwd)}"
    return str(path)
