"""Containers of the image, as their owner runs them: hardened, and looked at from outside."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

Mode = Literal["auto", "legacy"]
DOCKER = os.environ.get("HANDRAIL_DOCKER", "docker")
IMAGE = os.environ.get("HANDRAIL_IMAGE", "handrail:ci")
STATE, SERVER_FILE = "/srv/handrail/.handrail", "/srv/handrail/handrail.toml"
HARDENED = [
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"),
    *("--tmpfs", "/tmp:size=64m,mode=1777,nosuid,nodev"),  # in the container
    *("--memory", "512m", "--memory-swap", "512m", "--pids-limit", "256"),
]


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the client."""
    return subprocess.run(
        [DOCKER, *arguments], capture_output=True, text=True, timeout=100, check=check
    )


@dataclass
class Deployment:
    """A server file, a secret and two volumes, of which containers are run."""

    folder: Path
    server_file: Path
    names: list[str] = field(default_factory=list)
    tag: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def options(self) -> list[str]:
        """What every container of it is run with."""
        return [
            *HARDENED,
            *("--volume", f"state-{self.tag}:{STATE}"),
            *("--volume", f"work-{self.tag}:/workspace"),
            *("--volume", f"{self.server_file}:{SERVER_FILE}:ro"),
            *("--volume", f"{self.folder}/token:/run/secrets/token:ro"),
        ]

    def command(
        self, *words: str, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of handrail's in a container of its own."""
        return docker("run", "--rm", *self.options, *options, IMAGE, *words, check=False)

    def key(self) -> str:
        """A new key."""
        made = self.command("key", "new", f"k{secrets.token_hex(4)}", "--json")
        assert made.returncode == 0, made.stderr
        key: str = json.loads(made.stdout)["key"]
        return key

    @contextmanager
    def running(self, *options: str) -> Iterator[Container]:
        """A server that is healthy; its container is removed afterwards."""
        name = f"handrail-{secrets.token_hex(4)}"
        docker(
            *("run", "--detach", "--name", name, *self.options),
            *("--health-interval", "1s", "--health-timeout", "3s", "--health-retries", "2"),
            *("--publish", "127.0.0.1::8000", "--publish", "127.0.0.1::9464", *options, IMAGE),
        )
        try:
            container = Container(name, self.key())
            container.wait_for("healthy")
            yield container
        finally:
            docker("rm", "--force", name)

    def remove(self) -> None:
        """Remove the volumes."""
        docker("volume", "rm", "--force", f"state-{self.tag}", f"work-{self.tag}")


@dataclass(frozen=True)
class Container:
    """One that was started. `key` opens its server."""

    name: str
    key: str

    @property
    def health(self) -> str:
        """What Docker says of it."""
        return str(self._facts["State"]["Health"]["Status"])

    @property
    def exit_code(self) -> int:
        """How it ended."""
        return int(self._facts["State"]["ExitCode"])

    @property
    def pid(self) -> int:
        """Its first process, as the machine numbers it."""
        return int(self._facts["State"]["Pid"])

    @property
    def log(self) -> str:
        """What it said on stderr and stdout."""
        said = docker("logs", self.name)
        return said.stdout + said.stderr

    @property
    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(docker("inspect", self.name).stdout)[0]
        return facts

    def address(self, port: int) -> str:
        """Where one of its ports is published."""
        return docker("port", self.name, str(port)).stdout.split()[0]

    def client(self, mode: Mode = "auto") -> Client[StreamableHttpTransport]:
        """A client with the key."""
        url = f"http://{self.address(8000)}/mcp"
        return Client(StreamableHttpTransport(url, auth=self.key), mode=mode)

    def wait_for(self, health: str, seconds: float = 60.0) -> None:
        """Wait until Docker says so."""
        deadline = time.monotonic() + seconds
        while self.health != health:
            waits = time.monotonic() < deadline and self._facts["State"]["Running"]
            assert waits, f"{self.health}\n{self.log}"
            time.sleep(0.2)

    def processes(self) -> list[str]:
        """The commands of all that runs in it."""
        listed = docker("top", self.name, "-o", "pid,args", check=False)
        return listed.stdout.splitlines()[1:]
