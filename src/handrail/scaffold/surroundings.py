"""What a folder and this machine tell before anybody is asked. Nothing is run to find out."""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_MOST_BYTES = 1024**2
"""Of a file that is only looked into."""
_PROGRAMS = ("git", "pytest", "npm", "make")
_SCRIPTS = ("test", "lint", "build")
_TARGET = re.compile(r"^(test|check|lint|build)\s*:(?!=)", re.MULTILINE)
_VARIABLE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")
_DATABASES = {
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB",
    "redis": "Redis",
    "rediss": "Redis",
    "sqlite": "SQLite",
}


@dataclass(frozen=True, slots=True)
class Database:
    """A database that `.env` names. Of its URL nothing is kept but the kind and the host."""

    variable: str
    """The variable with its URL."""
    kind: str
    host: str | None
    """Where it is; None where the URL names no host, or none that can be told."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found in a folder, and on the machine."""

    folder: Path
    """Where the server file would be; absolute."""
    repository: Path | None = None
    """The root of the Git repository that the folder is in."""
    programs: frozenset[str] = frozenset()
    """Those on PATH, of the few that matter here."""
    commands: tuple[str, ...] = ()
    """Commands that the folder's own files speak of."""
    databases: tuple[Database, ...] = ()
    """Databases that `.env` names."""


def look(folder: Path) -> Surroundings:
    """Look at `folder`, which need not be there yet, and at the programs on PATH."""
    folder = folder.absolute()
    programs = frozenset(name for name in _PROGRAMS if shutil.which(name))
    return Surroundings(
        folder=folder,
        repository=_repository(folder),
        programs=programs,
        commands=tuple(_commands(folder, programs)),
        databases=tuple(_databases(folder)),
    )


def _repository(folder: Path) -> Path | None:
    # As git does: a folder, or in a work tree of another repository a file.
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def _commands(folder: Path, programs: frozenset[str]) -> Iterator[str]:
    if "pytest" in programs and _has_pytest(folder):
        yield "pytest -q tests" if (folder / "tests").is_dir() else "pytest -q"
    if "npm" in programs:
        yield from (f"npm run {name}" for name in _scripts(folder))
    if "make" in programs:
        yield from (f"make {name}" for name in _targets(folder))


def _has_pytest(folder: Path) -> bool:
    project = _toml(_text(folder / "pyproject.toml"))
    return (
        (folder / "pytest.ini").is_file()
        or "pytest" in _table(project, "tool")
        or '"pytest' in json.dumps([_table(project, "project"), project.get("dependency-groups")])
    )


def _scripts(folder: Path) -> list[str]:
    try:
        package = json.loads(_text(folder / "package.json") or "{}")
    except (ValueError, RecursionError):
        return []
    scripts = _table(package, "scripts")
    return [name for name in _SCRIPTS if isinstance(scripts.get(name), str)]


def _targets(folder: Path) -> list[str]:
    found = next(filter(None, (_text(folder / name) for name in ("Makefile", "makefile"))), "")
    return list(dict.fromkeys(_TARGET.findall(found)))


def _databases(folder: Path) -> Iterator[Database]:
    for line in _text(folder / ".env").splitlines():
        found = _VARIABLE.match(line)
        if found and (one := _database(found[1], found[2].strip("\"'"))):
            yield one


def _database(variable: str, value: str) -> Database | None:
    try:
        url = urlsplit(value)
        kind = _DATABASES.get(url.scheme.partition("+")[0])
        host = url.hostname
    except ValueError:
        return None
    if kind is None:
        return None
    # A password with an `@` or `/` in it would be taken for a part of the host.
    plain = value.count("@") <= 1 and re.fullmatch(r"[A-Za-z0-9.-]{1,253}", host or "")
    return Database(variable, kind, host if plain else None)


def _text(file: Path) -> str:
    try:
        if not file.is_file():  # nobody may ever write into a pipe
            return ""
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def relative_root(around: Surroundings) -> str:
    """The workspace that suggests itself: the repository, else the folder; as the file says it."""
    return "." if around.repository is None else os.path.relpath(around.repository, around.folder)
