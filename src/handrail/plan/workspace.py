"""Whether the workspace is a folder, and one that tools should be let into."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from handrail.diagnostic import Finding, Severity
from handrail.plan.declared import is_system
from handrail.plan.runtime import Runtime, system

_AT = ("workspace", "root")
_NO_FILES = (Path("/proc"), Path("/sys"), Path("/dev/pts"), Path("/dev/mqueue"))
_HOMES = (Path("/home"), Path("/Users"))


def judge_workspace(root: Path) -> Iterator[Finding]:
    """Judge `root`, absolute and without links. Whose it is, is judged elsewhere."""
    try:
        is_folder = root.is_dir()
        exists = is_folder or root.exists()
    except PermissionError:
        return  # behind a closed folder: that is judged with its rights
    except OSError as wrong:  # too long a name, too many links
        yield Finding(_AT, "E401", f"the workspace cannot be looked at: {wrong.strerror}")
        return
    if not exists:
        yield Finding(_AT, "E401", f"the workspace {root} does not exist", "Create it first.")
    elif not is_folder:
        yield Finding(_AT, "E402", f"the workspace {root} is not a directory")
    elif any(root.is_relative_to(tree) for tree in _NO_FILES):
        message = f"the workspace {root} is no place for files: the kernel makes what is there up"
        yield Finding(_AT, "E406", message, "Name a folder on a disk.")
    elif _is_wide(root):
        message = f"the workspace {root} holds far more than one project; tools see all of it"
        hint = "Name the folder that they are for."
        yield Finding(_AT, "E405", message, hint, Severity.WARNING)


def judge_sharing(root: Path, runtimes: Mapping[str, Runtime]) -> Iterator[Finding]:
    """Judge `root` where each caller has a tree in it: no program may need all of them."""
    for name, runtime in {"every program": system(), **runtimes}.items():
        trees = map(os.path.realpath, (*runtime.readable, *runtime.executable))
        over = next((tree for tree in trees if root.is_relative_to(tree)), None)
        if over is not None:
            message = f"{name} can read {over}, and so the folders of all callers in {root}"
            yield Finding(_AT, "E434", message, "Name a folder elsewhere.")


def _is_wide(root: Path) -> bool:
    is_home = root == Path("/root") or root in _HOMES or root.parent in _HOMES
    return is_home or is_system(root)
