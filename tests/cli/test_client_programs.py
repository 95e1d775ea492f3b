"""Real clients read what `handrail client` wrote, and connect to the server by it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
from tests.cli.terminal import handrail
from tests.served.serving import http_process
from tests.served.site import TOKEN, Site

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]

_SERVER_FILE = """\
config_version = 1
[server]
name = "devtools"
[workspace]
root = "workspace"
[secrets]
TOKEN = { env = "TEST_TOKEN" }
[auth]
keys = ".handrail/keys.json"
[access.roles.user]
tools = ["*"]
[programs.echo]
[[tool]]
name = "say"
description = "Say a word to whoever listens."
program = "echo"
args = ["{word}"]
params.word = { required = true }
"""
_CONNECTED = re.compile("[✔✓]")


@dataclass(frozen=True)
class Program:
    """A client from npm."""

    package: str
    command: str
    connects: bool = True


_PROGRAMS = {
    "claude-code": Program("@anthropic-ai/claude-code", "claude"),
    "codex": Program("@openai/codex", "codex", connects=False),
    "gemini": Program("@google/gemini-cli", "gemini"),
    "opencode": Program("opencode-ai", "opencode"),
}


@dataclass(frozen=True)
class Installed:
    """An installed client with a home of its own."""

    name: str
    folder: Path

    @property
    def home(self) -> Path:
        """Its user's folder."""
        return self.folder / "home"

    def lists(self, **environ: str) -> str:
        """What it says of its servers; neither an account nor a network is there for it."""
        command = self.folder / "node_modules/.bin" / _PROGRAMS[self.name].command
        told = subprocess.run(
            [command, "mcp", "list"],
            cwd=self.home / "project",
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "NO_COLOR": "1",
                "DISABLE_AUTOUPDATER": "1",
                **environ,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        return re.sub(r"\x1b\[[0-9;]*m", "", told.stdout + told.stderr)


@pytest.fixture(scope="module", params=_PROGRAMS)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    program = _PROGRAMS[request.param]
    folder = tmp_path_factory.mktemp("client")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*install, program.package], check=True)
    project = folder / "home/project"
    project.mkdir(parents=True)
    trusted = folder / "home/.gemini/trustedFolders.json"
    trusted.parent.mkdir()
    trusted.write_text(json.dumps({str(project): "TRUST_FOLDER"}))
    return Installed(request.param, folder)


@pytest.fixture
def write(installed: Installed, site: Site) -> Callable[..., None]:
    def write(*arguments: str) -> None:
        done = handrail(
            "client",
            installed.name,
            "--write",
            "--replace",
            *arguments,
            folder=site.folder,
            HOME=str(installed.home),
        )
        assert done.code == 0, done.err

    return write


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.build(tmp_path, _SERVER_FILE)


def test_it_starts_the_server_with_the_variables_it_needs(
    installed: Installed, site: Site, write: Callable[..., None]
) -> None:
    write()
    listed = installed.lists(TEST_TOKEN=TOKEN)

    assert "devtools" in listed
    assert str(site.file) in listed
    assert _CONNECTED.search(listed) or not _PROGRAMS[installed.name].connects, listed


def test_it_reaches_a_server_that_runs_with_the_key(
    installed: Installed, site: Site, write: Callable[..., None]
) -> None:
    made, key = new_key("ann", ("user",), None, None)
    with changing(site.state / "keys.json") as keys:
        keys.append(made)
    with http_process(site) as (_, url):
        write("--http", url, "--name", "devtools")
        listed = installed.lists(HANDRAIL_KEY=key)
        without = installed.lists(HANDRAIL_KEY="")

    assert url in listed
    assert key not in listed
    if _PROGRAMS[installed.name].connects:
        assert _CONNECTED.search(listed), listed
        assert not _CONNECTED.search(without), without
