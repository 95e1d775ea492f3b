"""How a client starts the server of a file on this machine."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handrail.errors import SpecError, UsageError
from handrail.scaffold.clients.launch import Stdio
from handrail.scaffold.eject.manifest import MANIFEST, read_manifest
from handrail.spec.find import NAME
from handrail.spec.interpolate import interpolate
from handrail.spec.load import read

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_UNSET = "E304"


def local(file: Path, name: str | None, environ: Mapping[str, str]) -> Stdio:
    """The launch of the server file `file`, from whatever folder, with whatever environment.

    Raises `SpecError` when something is wrong with the file's shape. Variables that are unset
    here are not: the client will have them. Raises `UsageError` for a project that has no
    environment yet.
    """
    reading = read(file, environ)
    wrong = [one for one in reading.diagnostics if one.code != _UNSET]
    if wrong or reading.document is None:
        raise SpecError(wrong)
    data = reading.expansion.data
    command, *args = _started(file.parent.resolve() / file.name)
    return Stdio(server_name(name, data), command, tuple(args), tuple(needed(data)))


def _started(file: Path) -> list[str]:
    """The words that start the server: a project's code, where the file has become one."""
    if file.name == NAME and (file.parent / MANIFEST).exists():
        return [_project_script(file.parent)]
    return [*program(), "serve", str(file)]


def _project_script(root: Path) -> str:
    script = root / ".venv" / "bin" / read_manifest(root).choices.name
    if not os.access(script, os.X_OK):
        raise UsageError(f"{script} is not there", hint="`make demo` makes the environment.")
    return str(script)


def program() -> list[str]:
    """The words that start this Handrail from anywhere."""
    script = Path(sys.executable).with_name("handrail")
    if os.access(script, os.X_OK):
        return [str(script)]
    # -P: clients start servers in their projects, where a file may be called like a module.
    return [sys.executable, "-P", "-m", "handrail"]


def server_name(name: str | None, data: Mapping[str, Any]) -> str:
    """What a client calls the server: `name`, or a name made of the one in the file.

    Raises `UsageError` for a name that not every client takes.
    """
    if name is None:
        said = data.get("server", {}).get("name") or "handrail"
        return re.sub(r"[^A-Za-z0-9_-]+", "-", said).strip("-_")[:64] or "handrail"
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a server cannot be called {name!r} in every client",
            hint="Up to 64 letters, digits, - and _; the first is a letter or a digit.",
        )
    return name


def needed(data: Mapping[str, Any]) -> list[str]:
    """The variables that a server file cannot do without, in the order in which it names them."""
    asked = _Asked()
    interpolate(dict(data), asked)
    names = dict.fromkeys(asked.names)
    known = dict.fromkeys(names, "1")
    lacking = [name for name in names if interpolate(dict(data), {**known, name: ""})[1]]
    secrets = [one.get("env") for one in data.get("secrets", {}).values()]
    return list(dict.fromkeys([*lacking, *filter(None, secrets)]))


class _Asked(dict[str, str]):
    """An empty environment that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        self.names.append(name)
        return default
