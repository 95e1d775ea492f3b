"""A folder that a server serves from, with everything that it may leave behind in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.served.watching import Record, records

TOKEN = "a-token-that-nobody-may-see"
SERVER_FILE = Path(__file__).with_name("handrail.toml")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach a server: the transport, and the protocol that the client speaks."""

    transport: Literal["stdio", "http"]
    mode: Literal["auto", "legacy"]

    def __str__(self) -> str:
        revision = {"auto": "2026-07-28", "legacy": "2025-11-25"}[self.mode]
        return f"{self.transport}, {revision}"


WAYS = [Way("stdio", "auto"), Way("stdio", "legacy"), Way("http", "auto"), Way("http", "legacy")]


@dataclass(frozen=True, slots=True)
class Site:
    """The server file's folder."""

    folder: Path

    @classmethod
    def build(cls, folder: Path, server_file: str | None = None) -> Site:
        """A site with this server file, or the one that most tests share."""
        site = cls(folder)
        site.workspace.mkdir()
        site.temporary.mkdir()
        site.file.write_text(server_file or SERVER_FILE.read_text())
        own = folder / "own.sh"
        own.write_text("#!/bin/sh\necho own\n")
        own.chmod(0o755)
        return site

    @property
    def file(self) -> Path:
        """The server file."""
        return self.folder / "handrail.toml"

    @property
    def workspace(self) -> Path:
        """What tools see."""
        return self.folder / "workspace"

    @property
    def temporary(self) -> Path:
        """The server's TMPDIR."""
        return self.folder / "temporary"

    @property
    def state(self) -> Path:
        """The server's own folder."""
        return self.folder / ".handrail"

    @property
    def log(self) -> Path:
        """The server's stderr."""
        return self.folder / "stderr"

    @property
    def environment(self) -> dict[str, str]:
        """The server's environment. `python` is the one that runs these tests."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "TMPDIR": str(self.temporary), "TEST_TOKEN": TOKEN}

    def command(self, *arguments: str) -> list[str]:
        """How to serve it."""
        return [sys.executable, "-m", "handrail", "serve", str(self.file), *arguments]

    def records(self) -> list[Record]:
        """Every line of the log."""
        return records(self.log)

    def left_behind(self) -> Iterator[str]:
        """Files that calls have left; the empty folder for long output is none."""
        for path in (*self.temporary.rglob("*"), *self.state.rglob("*")):
            if path != self.state / "spool":
                yield str(path.relative_to(self.folder))
