"""The paths that tools declare, beside the workspace: `readable`, `writable`, `executable`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Finding, Key
from handrail.spec.server import ServerSpec
from handrail.spec.tool import ToolSpec

_SYSTEM = ("/usr", "/etc", "/proc", "/sys", "/dev", "/boot", "/bin", "/sbin", "/lib", "/lib64")
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  # made for everybody to write to


_OF_EACH = (
    "With per_caller, name the workspace itself, .git beside it, and what is elsewhere, for all."
)


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared path: as the file has it, and where that leads, without links."""

    at: tuple[Key, ...]
    written: str
    path: Path
    want: int
    """What commands will do there: of `os.R_OK`, `os.W_OK` and `os.X_OK`."""


def declared(spec: ServerSpec, here: Path) -> Iterator[Declared | Finding]:
    """Every declared path, relative to `here`; a finding for one that cannot be allowed.

    Where callers have a tree each, those in the workspace are left out: each will have its own.
    """
    shared = Path(os.path.realpath(here / spec.workspace.root))
    for index, tool in enumerate(spec.tools):
        for key, written, want in _of(tool):
            at = ("tool", index, *key)
            path = Path(os.path.realpath(here / written))
            is_own = spec.workspace.per_caller and _is_of_each(path, key[0], tool, here, shared)
            if is_own or _may_come(path, key[0], tool, here):
                continue
            if spec.workspace.per_caller and (why := _mixes(path, shared)):
                yield Finding(at, "E434", f"{key[0]}: {path} {why}", _OF_EACH)
            elif not _is_there(path):
                message = f"{key[0]}: there is no {path}; only what exists can be allowed"
                yield Finding(at, "E431", message, "Create it first.")
            elif want & os.W_OK and is_system(path):
                message = f"writable: {path} belongs to the system; no command may write there"
                yield Finding(at, "E432", message, "Name a folder that is for this tool alone.")
            else:
                yield Declared(at, written, path, want)


def _is_of_each(path: Path, key: str, tool: ToolSpec, here: Path, shared: Path) -> bool:
    """Whether every caller may have this in a tree of their own in `shared`.

    Only a tree as a whole, and its repository beside all the rest: in a tree, its caller may put
    a link in the place of a folder, and what the link led to would be allowed.
    """
    if path != shared / ".git":
        return path == shared
    return key == "writable" and shared in _writable(tool, here)


def _mixes(path: Path, shared: Path) -> str | None:
    """Why `path` has no place where callers have a tree each in `shared`; None when it has."""
    if shared.is_relative_to(path):
        return "holds the workspaces of all callers"
    return "is in the workspace, and each caller has one" if path.is_relative_to(shared) else None


def is_system(path: Path) -> bool:
    """Whether `path`, without links, is of the system's own files, or has them all below it."""
    if path.is_relative_to(_SHARED_MEMORY):
        return False
    return path == Path("/") or any(path.is_relative_to(tree) for tree in _SYSTEM)


def _of(tool: ToolSpec) -> Iterator[tuple[tuple[str, int], str, int]]:
    for index, written in enumerate(tool.readable):
        yield ("readable", index), written, os.R_OK
    for index, written in enumerate(tool.writable or ()):
        yield ("writable", index), written, os.W_OK
    for index, written in enumerate(tool.executable):
        yield ("executable", index), written, os.X_OK


def _may_come(path: Path, key: str, tool: ToolSpec, here: Path) -> bool:
    """Whether this is a repository that is yet to be made, where the tool may write all else.

    To name it means only that it is not kept from the tool.
    """
    if key != "writable" or path.name != ".git" or _is_there(path):
        return False
    return path.parent in _writable(tool, here)


def _writable(tool: ToolSpec, here: Path) -> list[Path]:
    return [Path(os.path.realpath(here / one)) for one in tool.writable or ()]


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except PermissionError:
        return True  # behind a closed folder: that is another finding
    except OSError:
        return False
    return True
