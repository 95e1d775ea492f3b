"""A program that uses MCP servers, as far as its configuration goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path

Template = Mapping[str, "str | bool | int | Slot | Template"]
"""An entry of a client's file, with slots in it. A key whose slot has nothing is left out."""


class Slot(Enum):
    """What an entry says of a server."""

    NAME = "the server's name"
    COMMAND = "the program"
    ARGS = "its arguments, a list"
    COMMAND_LINE = "the program and its arguments, one list"
    ENV = "each variable with a reference to it, a mapping"
    ENV_NAMES = "the names of the variables, a list"
    URL = "where the server listens"
    BEARER = "a header's value: the word Bearer and a reference to the key"
    KEY_NAME = "the name of the variable with the key"
    KEY_NAMES = "the same, in a list"


class Format(StrEnum):
    """The languages of clients' files."""

    JSON = "json"
    JSONC = "jsonc"
    """JSON with comments, and with commas after the last of a list."""
    TOML = "toml"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of the user: what `variable` says, or else `usual` below the home folder."""

    usual: str
    variable: str | None = None
    below: str = ""
    """Where the client's folder is below the one that the variable names."""

    def path(self, environ: Mapping[str, str]) -> Path:
        """The folder in this environment."""
        named = environ.get(self.variable, "") if self.variable else ""
        return Path(named, self.below) if named else Path.home() / self.usual


@dataclass(frozen=True, slots=True)
class Client:
    """One client. Of several `files` the one that is there counts, or else the first."""

    name: str
    title: str
    format: Format
    keys: tuple[str, ...]
    """Where servers stand in the file."""
    home: Home
    files: tuple[str, ...]
    """Below `home`."""
    project_files: tuple[str, ...]
    """Below a project's folder; none: it knows only the user's."""
    stdio: Template
    http: Template | None
    """None: its file knows no servers that run already."""
    reference: str | None
    """How it writes a variable of its environment, with `{}` for the name; None: not at all."""
    passes_all: bool
    """Whether servers get its whole environment without being named."""
    notes: tuple[str, ...] = ()
    """What its user should know besides."""
    http_notes: tuple[str, ...] = ()
    source: str = ""
    """Where these facts are from, and when they were read."""

    def user_file(self, environ: Mapping[str, str]) -> Path:
        """The file that holds for all of a user's projects."""
        return _chosen(self.home.path(environ), self.files)

    def project_file(self, folder: Path) -> Path | None:
        """The file that holds for the project in `folder`; None when it knows none."""
        return _chosen(folder, self.project_files) if self.project_files else None


def _chosen(folder: Path, files: tuple[str, ...]) -> Path:
    there = (folder / file for file in files if (folder / file).exists())
    return next(there, folder / files[0])
