"""A server file gets its place, with what editors and Git are to know beside it."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from handrail.errors import UsageError
from handrail.scaffold.write import write_file, write_new_file
from handrail.spec.find import NAME
from handrail.spec.schema import build_schema

STATE = ".handrail"
_IGNORED = """\
# What a server keeps here is for this machine alone: keys, budgets, the record of calls.
*
!.gitignore
!schema.json
"""


def check_place(folder: Path) -> Path:
    """Where the server file will be. Raises `UsageError` when it cannot be made there."""
    file = folder / NAME
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", hint="Name a folder.")
    if file.exists() or file.is_symlink():
        raise _taken(file)
    return file


def _taken(file: Path) -> UsageError:
    return UsageError(
        f"{file} exists, and is not overwritten",
        hint='Add tools to it: handrail add "git log -n 20"; or name another folder.',
    )


def place(folder: Path, text: str) -> Path:
    """Write the server file, and the schema beside it. Raises `UsageError`, and leaves nothing."""
    file = check_place(folder)
    state = folder / STATE
    schema = json.dumps(build_schema(), indent=2, ensure_ascii=False)
    beside = {state / "schema.json": f"{schema}\n", state / ".gitignore": _IGNORED}
    missing = [one for one in (*beside, state) if not (one.exists() or one.is_symlink())]
    folders = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        # First, so that of two at the same time one writes all, and the other nothing.
        written = write_new_file(file, text)
    except BaseException:
        _remove(folders)
        raise
    if not written:
        raise _taken(file)
    try:
        for path, content in beside.items():
            if path in missing or path.name == "schema.json":
                write_file(path, content)
    except BaseException:
        _remove([file, *missing, *folders])
        raise
    return file


def _remove(made: list[Path]) -> None:
    """Take back what was made, the innermost first."""
    for path in made:
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
