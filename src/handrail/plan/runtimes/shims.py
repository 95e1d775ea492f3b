"""Shims: small scripts that look for the real program each time (pyenv, rbenv, nodenv)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from handrail.plan.runtimes.runtime import Runtime, is_file


def shims(names: Sequence[Path]) -> Iterator[Runtime]:
    """All versions that a shim may choose from, and the scripts that choose.

    Which it will be is said by a file in the workspace, or a variable, when it is run. The
    shim itself sets the variable that says where all this is.
    """
    for root in (name.parent.parent for name in names if name.parent.name == "shims"):
        name = root.name.removeprefix(".")
        if is_file(root / "libexec" / name):
            trees = ("bin", "libexec", "plugins", "shims", "versions", f"{name}.d")
            yield Runtime(
                name,
                readable=(root / "version",),
                executable=tuple(root / tree for tree in trees if not (root / tree).is_symlink()),
            )
