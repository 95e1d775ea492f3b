"""What a program needs beside its own file, in one value."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a program needs beside its own file: absolute paths, existing ones only.

    `name` is for people. `executable` are files and trees that may be read, mapped and
    started; `readable` may only be read. `env` are the variables that it needs because HOME
    is nowhere; a value may begin with `$TMPDIR`, the call's own folder for temporary files.
    """

    name: str
    readable: tuple[Path, ...] = ()
    executable: tuple[Path, ...] = ()
    env: tuple[tuple[str, str], ...] = ()


def join(name: str, parts: Iterable[Runtime], besides: Iterable[Path]) -> Runtime:
    """All of `parts` as one: what exists, once, without what lies in another or `besides`."""
    runtimes = tuple(parts)
    known = tuple(besides)
    executable = _outermost((path for each in runtimes for path in each.executable), known)
    readable = _outermost(
        (path for each in runtimes for path in each.readable), (*known, *executable)
    )
    return Runtime(
        name=name,
        readable=readable,
        executable=executable,
        env=tuple(sorted(dict(pair for each in reversed(runtimes) for pair in each.env).items())),
    )


def exists(path: Path) -> bool:
    """Whether `path` leads to anything that this user may look at."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def is_file(path: Path) -> bool:
    """Whether `path` leads to a regular file that this user may look at."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _outermost(paths: Iterable[Path], known: tuple[Path, ...]) -> tuple[Path, ...]:
    found = {path for path in paths if exists(path)}
    return tuple(
        sorted(path for path in found if not _is_inside(path, (*known, *(found - {path}))))
    )


def _is_inside(path: Path, trees: Iterable[Path]) -> bool:
    return any(path.is_relative_to(tree) for tree in trees)
