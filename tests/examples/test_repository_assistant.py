"""The repository assistant at work: it finds, reads, edits and commits, and asks a person."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.elicitation import ElicitResult
from fastmcp.client.transports import StdioTransport

from tests.examples.devtools import ROOT
from tests.running import hand_over
from tests.served.answers import structure, text

FILE = ROOT / "examples" / "repository-assistant" / "handrail.toml"


def git(folder: Path, *words: str) -> str:
    alone = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null"}
    command = ["git", "-c", "safe.directory=*", *words]
    done = subprocess.run(
        command, cwd=folder, env=alone, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small repository of somebody who is not root."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.com")
    (folder / ".github").mkdir()
    (folder / ".github" / "ci.yml").write_text("on: push\n")
    (folder / "README.md").write_text("# Sums\n\nAdds teh numbers.\n")
    (folder / "sums.py").write_text("def add(a, b):\n    return a - b\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Begin")
    hand_over(folder, *folder.rglob("*"))
    return folder


class Person:
    """Who is asked, and what they were shown."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def answer(self, message: str, *_: Any) -> ElicitResult[Any]:
        self.asked.append(message)
        return ElicitResult(action="accept", content={"approve": True})


@asynccontextmanager
async def assistant(repository: Path, person: Person) -> AsyncIterator[Client[Any]]:
    """A real server of the file as it stands, and a real client."""
    command = ["-m", "handrail", "serve", str(FILE)]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "WORKSPACE": str(repository)}
    transport = StdioTransport(sys.executable, command, env=environment)
    try:
        async with Client(transport, elicitation_handler=person.answer) as client:
            yield client
    finally:
        await transport.close()  # type: ignore[no-untyped-call]  # as FastMCP left it


async def done(client: Client[Any], tool: str, **arguments: object) -> dict[str, Any]:
    answer = await client.call_tool_mcp(tool, arguments)
    assert not answer.is_error, text(answer)
    return structure(answer)


async def refused(client: Client[Any], tool: str, **arguments: object) -> dict[str, Any]:
    answer = await client.call_tool_mcp(tool, arguments)
    assert answer.is_error
    error: dict[str, Any] = structure(answer)["error"]
    return error


async def test_a_bug_is_found_mended_and_committed(repository: Path) -> None:
    person = Person()
    async with assistant(repository, person) as client:
        found = await done(client, "search", pattern="def add")
        assert [match["path"] for match in found["matches"]] == ["sums.py"]
        read = await done(client, "read_file", path="sums.py")
        edited = await done(
            client, "edit_file", path="sums.py", old="a - b", new="a + b",
            expected_hash=read["hash"],
        )  # fmt: skip
        assert "+    return a + b" in edited["diff"]
        status = await done(client, "git_status")
        assert [entry["path"] for entry in status["output"]["entries"]] == ["sums.py"]
        await done(client, "git_add", paths=["sums.py"])
        assert person.asked == []
        await done(client, "git_commit", message="Add, and do not subtract")
        assert len(person.asked) == 1
        assert "Add, and do not subtract" in person.asked[0]
        log = await done(client, "git_log")
        assert [each["subject"] for each in log["output"]["commits"]] == [
            "Add, and do not subtract",
            "Begin",
        ]
    assert "a + b" in git(repository, "show", "HEAD:sums.py")


async def test_its_rules_hold_for_every_tool_that_could_do_it(repository: Path) -> None:
    person = Person()
    async with assistant(repository, person) as client:
        denied = await refused(client, "delete_file", path="./README.md")
        assert denied["code"] == "denied"
        assert "Every reader looks for these two" in denied["message"]
        await done(client, "edit_file", path=".github/ci.yml", old="push", new="pull_request")
        assert "What runs in CI can publish" in person.asked[0]
        assert "    files edit " in person.asked[0]
        assert "./.github/ci.yml" in person.asked[0]
        assert "input: old = push\ninput: new = pull_request\n" in person.asked[0]
        kept = await refused(
            client, "write_file", path=".git/hooks/pre-commit", content="#!/bin/sh"
        )
        assert kept["code"] == "denied"


async def test_what_it_deletes_comes_back(repository: Path) -> None:
    async with assistant(repository, Person()) as client:
        gone = await done(client, "delete_file", path="sums.py")
        assert not (repository / "sums.py").exists()
        assert (await done(client, "git_status"))["output"]["entries"]
        await done(client, "restore_file", id=gone["id"])
        assert not (await done(client, "git_status"))["output"]["entries"]


async def test_every_tool_fits_a_models_budget(repository: Path) -> None:
    async with assistant(repository, Person()) as client:
        tools = await client.list_tools()
    assert len(tools) == 26
    assert [tool.name for tool in tools[:3]] == ["read_file", "list_files", "stat_file"]
    assert all(len(tool.model_dump_json(exclude_none=True)) <= 1_900 for tool in tools)
