"""Paths that a pack declares: relative to the workspace, for a pack has no place of its own."""

from __future__ import annotations

from typing import Any

_KEYS = ("readable", "writable", "executable")


def root_of(written: dict[str, Any]) -> str:
    """The workspace, as a server file says it; its own folder when it says nothing."""
    workspace = written.get("workspace")
    root = workspace.get("root") if isinstance(workspace, dict) else None
    return root if isinstance(root, str) else "."


def placed(tool: dict[str, Any], root: str) -> dict[str, Any]:
    """A pack's tool with its paths below `root`, as the file that uses it would write them."""
    if root == ".":
        return tool
    moved = {key: [_below(root, path) for path in tool[key]] for key in _KEYS if key in tool}
    return {**tool, **moved}


def _below(root: str, path: str) -> str:
    if path.startswith(("/", "${")):
        return path
    return root if path == "." else f"{root}/{path}"
