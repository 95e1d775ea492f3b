"""A server file in another folder: its relative paths lead where they led."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from handrail.scaffold.extra import needs_wizard
from handrail.spec.document import parse
from handrail.spec.source import Format, Source

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


@dataclass(frozen=True, slots=True)
class Rooted:
    """A server file for another folder, and the profiles of the user's that go with it."""

    text: str
    profiles: Mapping[PurePosixPath, Path]
    """Where they come from, by their place in the folder."""


def rooted(source: Source, new: Path) -> Rooted:
    """A server file as TOML for the folder `new`.

    The workspace becomes one that WORKSPACE may name. State stays beside the file.
    """
    with needs_wizard():
        import tomlkit

    old = source.file.absolute().parent
    is_toml = source.format is Format.TOML
    document = tomlkit.parse(source.text if is_toml else tomlkit.dumps(parse(source).data))
    workspace = document.setdefault("workspace", tomlkit.table())
    workspace["root"] = _workspace(str(workspace.get("root", ".")), old, new)
    for holder, key in [*_places(document), *_of_tools(document)]:
        if isinstance(holder[key], str):
            holder[key] = _moved(str(holder[key]), old, new)
    profiles = {}
    for program in document.get("programs", {}).values():
        if "/" in program.get("profile", ""):
            at = PurePosixPath("profiles", Path(program["profile"]).name)
            profiles[at] = old / program["profile"]
            program["profile"] = f"./{at}"
    return Rooted(tomlkit.dumps(document), profiles)


def _workspace(root: str, old: Path, new: Path) -> str:
    moved = _moved(root, old, new)
    return moved if _VARIABLE.search(moved) else f"${{WORKSPACE:-{moved}}}"


def _moved(path: str, old: Path, new: Path) -> str:
    variable = _VARIABLE.fullmatch(path)
    if variable is not None:
        name, default = variable.groups()
        return path if default is None else f"${{{name}:-{_moved(default, old, new)}}}"
    if not path or path.startswith(("/", "${")) or Path(path).parts[:1] == (_STATE,):
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
