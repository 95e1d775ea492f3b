"""Who is measured: our server at its tiers, and the peers that `scripts/peers` has installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import ENVIRONMENT

_OURS = Path(__file__).with_name("handrail.toml")
_FILESYSTEM = Path("node/node_modules/@modelcontextprotocol/server-filesystem")


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """A server: how it is started for one folder. Each is itself, and like no other."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Peers:
    """The folder that `scripts/peers` has filled."""

    folder: Path

    @property
    def missing(self) -> str | None:
        """What is not there, in a sentence that says what to do."""
        for file in (self._node_main, self._python):
            if not file.exists():
                return f"there is no {file}: scripts/peers {self.folder}"
        return None if shutil.which("node") else "there is no node"

    @property
    def versions(self) -> str:
        """Of both peers, and of what runs them."""
        package = json.loads((self.folder / _FILESYSTEM / "package.json").read_text())
        ask = "import importlib.metadata as m; print(m.version('mcp-server-git'), m.version('mcp'))"
        git, mcp = _said(str(self._python), "-c", ask).split()
        return (
            f"server-filesystem {package['version']} on node {_said('node', '--version')}, "
            f"mcp-server-git {git} on mcp {mcp} with {_said('git', '--version')}"
        )

    def filesystem(self, folder: Path) -> Contender:
        """`@modelcontextprotocol/server-filesystem`, which may reach this folder."""
        command = (shutil.which("node") or "node", str(self._node_main), str(folder))
        return Contender("server-filesystem", command, _PLAIN)

    def git(self, folder: Path) -> Contender:
        """`mcp-server-git`, which may use this repository, whoever owns it."""
        command = (str(self._python), "-m", "mcp_server_git", "--repository", str(folder))
        return Contender("mcp-server-git", command, _PLAIN | _ANY_OWNER)

    @property
    def _node_main(self) -> Path:
        return self.folder / _FILESYSTEM / "dist/index.js"

    @property
    def _python(self) -> Path:
        return self.folder / "python/bin/python"


def ours(tier: str, folder: Path, scratch: Path) -> Contender:
    """Our server, pinned to a tier, with a server file of its own in `scratch`."""
    file = scratch / f"{folder.name}-{tier}" / "handrail.toml"
    file.parent.mkdir()
    file.write_text(_OURS.read_text().replace('"landlock"', f'"{tier}"'))
    command = (sys.executable, "-m", "handrail", "serve", str(file))
    return Contender(tier, command, ENVIRONMENT | {"WORKSPACE": str(folder)})


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


_PLAIN = {"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent"}
# They run as whoever starts them, and git refuses the repositories of others.
_ANY_OWNER = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
}
