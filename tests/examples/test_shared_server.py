"""The shared server at work: keys, roles, budgets and the audit, as its comments tell it."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from tests.cli.terminal import Printed, handrail
from tests.examples.devtools import ROOT
from tests.examples.test_repository_assistant import repository
from tests.served.answers import refusal
from tests.served.serving import Connected, call, http_process
from tests.served.site import Site

FILE = ROOT / "examples" / "shared-server" / "handrail.toml"
__all__ = ["repository"]


@dataclass(frozen=True)
class Team:
    """The server's folder, and where it is reached."""

    folder: Path
    url: str

    def run(self, *arguments: str) -> Printed:
        """A command, as the owner types it."""
        return handrail(*arguments, folder=self.folder)

    def client(self, name: str, role: str) -> AbstractAsyncContextManager[Connected]:
        """A client of somebody new."""
        printed = self.run("key", "new", name, "--role", role, "--json")
        return Client(StreamableHttpTransport(self.url, auth=json.loads(printed.out)["key"]))


@pytest.fixture
async def team(tmp_path: Path, repository: Path) -> AsyncIterator[Team]:
    folder = tmp_path / "server"
    folder.mkdir()
    site = Site.build(folder, FILE.read_text().replace("${WORKSPACE:-../..}", str(repository)))
    shutil.rmtree(site.workspace)
    with http_process(site) as (_, url):
        yield Team(folder, url)


async def test_each_may_do_what_their_role_says_and_all_of_it_is_recorded(team: Team) -> None:
    async with team.client("rita", "reader") as rita, team.client("dave", "developer") as dave:
        listed = {tool.name for tool in await rita.list_tools()}
        assert {"read_file", "git_log", "search"} < listed
        assert not {"write_file", "delete_file", "edit_file"} & listed

        assert not (await call(rita, "read_file", path="README.md")).is_error
        denied = await call(rita, "write_file", path="new", content="x")
        assert refusal(denied)["code"] == "denied"
        assert not (await call(dave, "write_file", path="new", content="x")).is_error
        ruled = await call(dave, "write_file", path="deploy/new", content="x")
        assert "changed by a merge" in refusal(ruled)["message"]

        assert await rushed(rita, 30) == "rate_limited"
        assert await rushed(dave, 10) is None

    rows = [json.loads(line) for line in team.run("audit", "show", "--json").out.splitlines()]
    assert [(row["caller"], row["tool"]) for row in rows[:4]] == [
        ("rita", "read_file"),
        ("rita", "write_file"),
        ("dave", "write_file"),
        ("dave", "write_file"),
    ]
    verified = team.run("audit", "verify")
    assert verified.code == 0, verified


async def rushed(client: Connected, calls: int) -> str | None:
    """The code of the first refusal of so many calls, made as fast as can be."""
    for _ in range(calls):
        done = await call(client, "stat_file", path="README.md")
        if done.is_error:
            refused = refusal(done)
            assert 0 < refused["retry_after_seconds"] <= 60
            return str(refused["code"])
    return None
