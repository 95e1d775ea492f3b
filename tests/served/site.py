"""A folder that a server serves from, with everything that it may leave behind in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from handrail.plan.reach import blocked_at
from handrail.plan.user import User, choose_user
from handrail.spec.server import Tier
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


SYSTEM_PYTHON = Path("/usr/bin/python3")
WAYS = [Way("stdio", "auto"), Way("stdio", "legacy"), Way("http", "auto"), Way("http", "legacy")]


@dataclass(frozen=True, slots=True)
class Site:
    """The server file's folder."""

    folder: Path

    @classmethod
    def build(cls, folder: Path, server_file: str | None = None) -> Site:
        """A site with this server file, or the one that most tests share.

        Whoever commands run as has the workspace, and may come to all the rest.
        """
        site = cls(folder)
        for each in (folder.parent, folder):
            each.chmod(0o755)
        site.workspace.mkdir()
        site.temporary.mkdir()
        site.temporary.chmod(0o1777)
        hand_over(site.workspace)
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
        """The server's environment."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHON": str(python()),
            "TMPDIR": str(self.temporary),
            "TEST_TOKEN": TOKEN,
        }

    def pin(self, tier: Tier) -> None:
        """Have the server run at one tier."""
        pinned = f'[confinement]\nrequire = "{tier}"\nuse = "{tier}"\n'
        self.file.write_text(f"{self.file.read_text()}\n{pinned}")

    def command(self, *arguments: str) -> list[str]:
        """How to serve it."""
        return [sys.executable, "-m", "handrail", "serve", str(self.file), *arguments]

    def records(self) -> list[Record]:
        """Every line of the log."""
        return records(self.log)

    def left_behind(self) -> Iterator[str]:
        """Files that calls have left.

        The empty folder for long output is none, and neither are those that wait, empty too,
        for the temporary files of the next calls: they go with the server. So does the socket where
        it tells what goes on, unless it is killed; then the next server takes it away.
        """
        servers = self.state / "servers"
        waiting = {self.state / "spool", servers, *servers.glob("*.sock")}
        waiting.update(self.temporary.glob("handrail-*"))
        for path in (*self.temporary.rglob("*"), *self.state.rglob("*")):
            if path not in waiting:
                yield str(path.relative_to(self.folder))


def commands_user() -> User | None:
    """Whom commands run as here; None for whoever runs the tests."""
    found = choose_user(None, Path("/"))
    assert isinstance(found, User | None)
    return found


def hand_over(folder: Path) -> None:
    """Give a folder to whoever commands run as."""
    user = commands_user()
    if user is not None:
        os.chown(folder, user.uid, user.gid)


def python() -> Path:
    """A Python that commands can start: the one that runs these tests, or the system's."""
    user, own = commands_user(), Path(sys.executable)
    within_reach = user is None or blocked_at(own, user, os.X_OK) is None
    return own if within_reach else SYSTEM_PYTHON
