"""Images of ejected projects: over HTTP where callers prove who they are, on stdio elsewhere."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport

from tests.container.engine import DOCKER, HARDENED, Container, docker
from tests.ejected.ejecting import ROOT, eject

pytestmark = [pytest.mark.container, pytest.mark.timeout(400)]

BASE = os.environ.get("HANDRAIL_BASE_IMAGE", "handrail-base:ci")
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


@contextmanager
def image(file: Path, folder: Path) -> Iterator[str]:
    """The image of an ejected project."""
    eject(file, folder, "--name", "own", "--vendor")
    tag = f"own-{secrets.token_hex(4)}"
    subprocess.run(
        [
            *(DOCKER, "build", "--quiet", "--network=host", "--build-arg", f"BASE_IMAGE={BASE}"),
            *("--secret", f"id=ca,src={AUTHORITIES}", "--tag", tag, str(folder)),
        ],
        check=True,
        capture_output=True,
    )
    yield tag
    docker("image", "rm", "--force", tag)


@contextmanager
def running(tag: str) -> Iterator[Container]:
    """A hardened container of the image, and a key to its server."""
    name = f"own-{secrets.token_hex(4)}"
    docker(
        *("run", "--detach", "--name", name, *HARDENED),
        *("--health-interval", "1s", "--health-timeout", "3s", "--health-retries", "5"),
        *("--volume", f"{name}-state:/srv/server/.handrail", "--publish", "127.0.0.1::8000", tag),
    )
    try:
        Container(name, "").wait_for("healthy")
        made = docker(
            "exec", name, "handrail", "key", "new", "ann", "--role", "developer", "--json"
        )
        yield Container(name, str(json.loads(made.stdout)["key"]))
    finally:
        docker("rm", "--force", name)
        docker("volume", "rm", "--force", f"{name}-state")


async def test_a_project_with_keys_serves_http_from_its_image(tmp_path: Path) -> None:
    file = ROOT / "examples" / "container" / "handrail.toml"
    with image(file, tmp_path / "p") as tag, running(tag) as container:
        async with container.client() as client:
            found = await client.call_tool("list_files", {"path": "."})

        assert found.structured_content is not None
        assert found.structured_content["ok"] is True


async def test_a_project_without_keys_serves_stdio_from_its_image(tmp_path: Path) -> None:
    (tmp_path / "handrail.toml").write_text(
        'config_version = 1\nuse = ["files:read"]\n[server]\nname = "own"\n'
    )
    with image(tmp_path / "handrail.toml", tmp_path / "p") as tag:
        words = ["run", "--rm", "--interactive", *HARDENED, tag]
        environ = {key: os.environ[key] for key in ("PATH", "DOCKER_HOST") if key in os.environ}
        server = StdioTransport(DOCKER, words, env=environ, keep_alive=False)
        async with Client(server) as client:
            found = await client.call_tool("list_files", {"path": "."})

        assert found.structured_content is not None
        assert found.structured_content["ok"] is True
