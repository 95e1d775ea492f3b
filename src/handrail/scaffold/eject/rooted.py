"""A server file in another folder: its relative paths lead where they led."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

from handrail.scaffold.extra import needs_wizard

_STATE = ".handrail"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\}")
_PATHS = (
    ("programs", None, "path"),
    ("secrets", None, "file"),
    ("auth", "keys"),
    ("auth", "jwt", "public_key"),
    ("audit", "file"),
    ("http", "tls", "certificate"),
    ("http", "tls", "private_key"),
)
"""Where a table holds a path; None stands for each of its keys."""
_LISTS = ("readable", "writable", "executable")

Place = tuple[Any, Any]
"""A table or list, and the key of a path in it."""


def rooted(text: str, old: Path, new: Path) -> str:
    """The text of a server file in `old`, for the folder `new`.

    The workspace becomes one that WORKSPACE may name. State stays beside the file.
    """
    with needs_wizard():
        import tomlkit

    document = tomlkit.parse(text)
    workspace = document.setdefault("workspace", tomlkit.table())
    workspace["root"] = _workspace(str(workspace.get("root", ".")), old, new)
    for holder, key in [*_places(document), *_of_tools(document)]:
        if isinstance(holder[key], str):
            holder[key] = _moved(str(holder[key]), old, new)
    return tomlkit.dumps(document)


def profiles(document: MutableMapping[str, Any]) -> Iterator[MutableMapping[str, Any]]:
    """The programs whose profile is a file of the user's."""
    for program in document.get("programs", {}).values():
        if "/" in program.get("profile", ""):
            yield program


def _workspace(root: str, old: Path, new: Path) -> str:
    moved = _moved(root, old, new)
    return moved if _VARIABLE.search(moved) else f"${{WORKSPACE:-{moved}}}"


def _moved(path: str, old: Path, new: Path) -> str:
    variable = _VARIABLE.fullmatch(path)
    if variable is not None:
        name, default = variable.groups()
        return path if default is None else f"${{{name}:-{_moved(default, old, new)}}}"
    if not path or path.startswith(("/", "${")) or Path(path).parts[0] == _STATE:
        return path
    return os.path.relpath(old / path, new)


def _places(document: MutableMapping[str, Any]) -> Iterator[Place]:
    for path in _PATHS:
        holders: list[Any] = [document]
        for step in path[:-1]:
            inner = [one.values() if step is None else [one.get(step)] for one in holders]
            holders = [one for some in inner for one in some if isinstance(one, MutableMapping)]
        yield from ((holder, path[-1]) for holder in holders if path[-1] in holder)


def _of_tools(document: MutableMapping[str, Any]) -> Iterator[Place]:
    for tool in document.get("tool", ()):
        for key in _LISTS:
            yield from ((tool[key], index) for index in range(len(tool.get(key, ()))))
