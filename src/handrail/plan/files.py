"""A call of a files tool as a stage: work of our own, told in words as a command would be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from handrail.plan.access import writable_trees
from handrail.plan.bind import bind, check
from handrail.plan.host import Host
from handrail.plan.paths import real
from handrail.plan.program import Program
from handrail.plan.stage import Stage
from handrail.spec.param import ParamType
from handrail.spec.tool import FilesSpec
from handrail.spec.values import Value

WORK = "handrail.systems.files.work"
"""The module that does it; see its docstring for what it is told."""
_MOST_LINKS = 40
"""Links that Linux follows in one path (path_resolution(7))."""
_FILE = Path(__file__).parent.parent / "systems" / "files" / "work.py"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants of a files tool: as words, and the texts that are too long for them."""

    stage: Stage
    texts: Mapping[str, str] = field(repr=False)
    matched: Mapping[str, tuple[Value, ...]] = field(repr=False)
    """What rules match of the arguments."""
    places: Mapping[str, tuple[Value, ...]] = field(repr=False)
    """What they match of each path, by how the work is told it: it works there, or not at all."""

    def told(self, setting: Mapping[str, object]) -> bytes:
        """What the work reads from its standard input."""
        return json.dumps(
            {"setting": {**setting, "judged": self.places}, "texts": self.texts}
        ).encode()


def ask(tool: FilesSpec, arguments: Mapping[str, object], host: Host) -> Asked:
    """Check what the caller gives. Raises `ArgumentError` and `PathOutsideWorkspace`."""
    bound = bind(tool, arguments, workspace=host.workspace, cwd=host.workspace)
    values: dict[str, object] = {**check(tool.accepts, arguments)}
    long: dict[str, str] = {}
    places: dict[str, tuple[Value, ...]] = {}
    for name, param in tool.accepts.items():
        if param.multiline and name in values:
            long[name] = str(values.pop(name))
        elif param.type is ParamType.PATH and name in values:
            values[name] = bound.values[name]
            places[str(bound.values[name])] = bound.arguments[name]
    words = (f"{name}={json.dumps(value)}" for name, value in values.items())
    stage = Stage(_program(), (str(_FILE), tool.files.value, *words), work=WORK)
    return Asked(stage, long, bound.arguments, places)


def texts(told: bytes) -> dict[str, str]:
    """The texts in what the work is told, by the names of their arguments."""
    found: dict[str, str] = json.loads(told)["texts"]
    return found


def setting(tool: FilesSpec, host: Host, seconds: float) -> dict[str, object]:
    """What the work may do, and how long, in paths relative to the workspace."""
    root = host.workspace
    return {
        "writable": _below(writable_trees(tool, host), root),
        "kept": _below(_names([host.file]), root),
        "hidden": _below(_names([host.state, *host.secret_files]), root),
        "seconds": seconds,
        "searcher": None if host.searcher is None else str(host.searcher),
    }


def _below(paths: Iterable[Path], root: Path) -> list[str]:
    places = (str(path.relative_to(root)) for path in paths if path.is_relative_to(root))
    return list(dict.fromkeys(places))


def _names(paths: Iterable[Path]) -> Iterator[Path]:
    """Where each is, in folders without links: itself, and what every link to it leads through."""
    for path in paths:
        at: Path | None = path
        for _ in range(_MOST_LINKS):
            folder = None if at is None else real(at.parent)
            if at is None or folder is None:
                break
            yield folder / at.name
            at = _target(folder, at.name)


def _target(folder: Path, name: str) -> Path | None:
    try:
        return folder / (folder / name).readlink()
    except OSError:
        return None  # no link, or nothing yet


@cache
def _program() -> Program:
    return Program.at("files", _FILE)
