"""The packs over a large repository and over large files: whole answers, page by page, and soon.

In every run a smaller one, so that it is quickly made; nightly one of 50,000 files and 10,000
commits, with a file of 2 GB in it, and with `-s` how long each answer took.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import mcp_types
import pytest

from tests.large.content import NEEDLE
from tests.large.files import write_lines
from tests.large.repository import IGNORED, UNTRACKED, LargeRepository, make_large_repository
from tests.running import hand_over
from tests.served.answers import structure
from tests.served.serving import Server, call, measured, serving
from tests.served.site import WAYS, Site

FILE = """
config_version = 1
use = ["git:read", "files:read"]
[workspace]
root = "workspace/repository"
"""
SIZES = [
    pytest.param((2_000, 300), id="small"),
    pytest.param((50_000, 10_000), id="large", marks=pytest.mark.nightly),
]


@pytest.fixture(scope="module", params=SIZES)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Site, LargeRepository]:
    site = Site.build(tmp_path_factory.mktemp("site"), FILE)
    files, commits = request.param
    repository = make_large_repository(site.workspace / "repository", files, commits)
    write_lines(repository.folder / "huge.tmp", 40_000 * files)
    hand_over(repository.folder / "huge.tmp")
    return site, repository


@asynccontextmanager
async def asking(site: Site) -> AsyncIterator[Any]:
    """Asks tools, and says how long they took."""
    async with serving(site, WAYS[0]) as server, server.client() as client:

        async def ask(tool: str, **arguments: object) -> dict[str, Any]:
            began = time.monotonic()
            answer: mcp_types.CallToolResult = await call(client, tool, **arguments)
            _say(server, tool, time.monotonic() - began)
            assert not answer.is_error, answer
            return structure(answer)

        yield ask


def _say(server: Server, tool: str, seconds: float) -> None:
    measured(server, f"{tool} {seconds * 1000:.0f} ms")


async def all_of(ask: Any, key: str, tool: str, **arguments: object) -> list[Any]:
    """Everything in a list, by the calls that each answer says to make next."""
    page = await ask(tool, **arguments)
    found = list(page[key])
    while "next" in page:
        assert page["next"]["tool"] == tool
        page = await ask(tool, **page["next"]["arguments"])
        found += page[key]
    return found


async def test_git_tells_all_of_it(made: tuple[Site, LargeRepository]) -> None:
    site, repository = made
    async with asking(site) as ask:
        status = (await ask("git_status", untracked="all"))["output"]
        assert {entry["path"] for entry in status["entries"]} == set(UNTRACKED)
        log = await ask("git_log", limit=200)
        commits = log["output"]["commits"]
        assert len(commits) == 200
        assert log["next"] == {"tool": "git_log", "arguments": {"limit": 200, "skip": 200}}
        last = await ask("git_log", limit=200, skip=repository.commits - 1)
        assert (len(last["output"]["commits"]), "next" in last) == (1, False)
        shown = (await ask("git_show", revision=commits[0]["commit"], stat=True))["output"]
        assert shown["commit"] == commits[0]["commit"]


async def test_a_search_finds_every_line(made: tuple[Site, LargeRepository]) -> None:
    site, repository = made
    async with asking(site) as ask:
        found = await all_of(ask, "matches", "search", pattern=NEEDLE, limit=1000)
        assert len({match["path"] for match in found}) == repository.needles
        assert [match["path"] for match in found] == sorted(
            (match["path"] for match in found), key=lambda path: path.split("/")
        )


async def test_a_find_finds_every_file(made: tuple[Site, LargeRepository]) -> None:
    site, repository = made
    folder = (
        "."
        if repository.files <= 5_000
        else repository.file(0).relative_to(repository.folder).parts[0]
    )
    below = [path for path in (repository.folder / folder).rglob("*") if path.is_file()]
    tracked = {str(path.relative_to(repository.folder)) for path in below}
    async with asking(site) as ask:
        found = await all_of(
            ask, "entries", "find_files", pattern="**", kind="file", path=folder, limit=1000
        )
        assert {entry["path"] for entry in found} == {
            path for path in tracked if path not in IGNORED and not path.startswith(".git/")
        } - {"huge.tmp"}
        assert len(found) == len({entry["path"] for entry in found})


async def test_huge_files_answer_at_once(made: tuple[Site, LargeRepository]) -> None:
    site, _ = made
    async with asking(site) as ask:
        size = (site.workspace / "repository/huge.tmp").stat().st_size
        for place in ({}, {"start": -3}, {"offset": size // 2}):
            answer = await ask("read_file", path="huge.tmp", **place)
            assert answer["size"] == size
            assert answer["text"]
