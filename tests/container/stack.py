"""Everything of compose.yaml together, and what its owner sees of it."""

from __future__ import annotations

import json
import os
import secrets
import ssl
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from tests.container.engine import IMAGE, STATE, docker
from tests.served.serving import free_port
from tests.served.test_http_table import certificate
from tests.served.watching import Record

COMPOSE = os.environ.get("HANDRAIL_COMPOSE", "docker-compose")
PEERS = os.environ.get("HANDRAIL_PEERS", "handrail-peers:ci")
OTHERS = ("REDIS_IMAGE", "NGINX_IMAGE", "PROMETHEUS_IMAGE", "RSYSLOG_IMAGE")
REPLICAS = ("first", "second")
SERVICES = (*REPLICAS, "redis", "proxy", "prometheus", "logs")


@dataclass(frozen=True)
class Stack:
    """Two servers and all that is around them."""

    project: str
    environment: dict[str, str]
    trusted: ssl.SSLContext

    def compose(self, *words: str) -> str:
        """What docker-compose says."""
        done = subprocess.run(
            [COMPOSE, "--project-name", self.project, *words],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def inside(self, service: str, *command: str) -> str:
        """What a command says in the container of a service."""
        return self.compose("exec", "-T", service, *command)

    def keys(self, caller: str, count: int) -> list[str]:
        """New keys of one caller."""
        make = f"for _ in $(seq {count}); do handrail key new {caller} --role developer; done"
        return self.inside("first", "sh", "-c", make).split()

    def client(self, key: str) -> Client[StreamableHttpTransport]:
        """A client of the proxy."""
        url = f"https://{self.environment['HANDRAIL_PROXY']}/mcp"
        return Client(StreamableHttpTransport(url, auth=key, verify=self.trusted))

    def measured(self, query: str) -> dict[str, float]:
        """What Prometheus answers, by instance."""
        asked = urllib.parse.urlencode({"query": f"sum by (instance) ({query})"})
        url = f"http://127.0.0.1:{self.environment['PROMETHEUS_PORT']}/api/v1/query?{asked}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            found = json.load(answer)["data"]["result"]
        return {one["metric"]["instance"]: float(one["value"][1]) for one in found}

    def collected(self) -> dict[str, list[Record]]:
        """The log lines in the collector's volume, by server; fails when one is not JSON."""
        # Compose names containers with `_` or, since its second version, with `-`.
        files = {one: f"/logs/handrail.{self.project}[-_]{one}[-_]1.jsonl" for one in REPLICAS}
        texts = {one: self.inside("logs", "sh", "-c", f"cat {file}") for one, file in files.items()}
        return {
            one: [json.loads(line) for line in text.split("\n")[:-1]] for one, text in texts.items()
        }

    def audit(self, server: str) -> list[Record]:
        """The records in a server's volume."""
        text = self.inside(server, "cat", f"{STATE}/audit.jsonl")
        return [json.loads(line) for line in text.splitlines()]

    def facts(self, service: str) -> dict[str, Any]:
        """What Docker says of a container."""
        container = self.compose("ps", "--quiet", service).strip()
        facts: dict[str, Any] = json.loads(docker("inspect", container).stdout)[0]
        return facts

    def left(self) -> list[str]:
        """What there is of it."""
        of_it = ("--quiet", "--filter", f"label=com.docker.compose.project={self.project}")
        kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return [one for kind in kinds for one in docker(*kind, *of_it).stdout.split()]


@contextmanager
def standing(folder: Path, server_file: Path, collector: int) -> Iterator[Stack]:
    """All of it, up; sends traces to a port of this machine. Removed afterwards."""
    certificate(folder)
    (folder / "metrics_token").write_text(secrets.token_hex(16))
    for secret in ("cert.pem", "key.pem", "metrics_token"):
        (folder / secret).chmod(0o444)
    environment = {
        "HANDRAIL_IMAGE": IMAGE,
        **dict.fromkeys(OTHERS, PEERS),
        "HANDRAIL_REPLICAS": str(server_file),
        "HANDRAIL_SECRETS": str(folder),
        "HANDRAIL_PROXY": f"127.0.0.1:{free_port()}",
        "PROMETHEUS_PORT": str(free_port()),
        "DOCKER_ROOT": docker("info", "--format", "{{.DockerRootDir}}").stdout.strip(),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://host.docker.internal:{collector}",
        "COMPOSE_PROFILES": "redis,monitoring",
    }
    trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    stack = Stack(f"handrail{secrets.token_hex(4)}", environment, trusted)
    try:
        stack.compose("up", "--detach", "proxy", "prometheus", "logs")
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "10")
