"""Callers give argv: it runs as it is, without a shell, or is refused with a way out."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.victims import identity
from tests.running import hand_over
from tests.served.answers import facts, refusal, structure, text
from tests.served.serving import Connected, call, serving
from tests.served.site import Site, Way

SERVER_FILE = Path(__file__).with_name("free.toml")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose workspace is a small repository."""
    site = Site.build(tmp_path, SERVER_FILE.read_text())
    for name, lines in {"b.txt": "pear\nfig\n", "a.txt": "fig\napple\n"}.items():
        (site.workspace / name).write_text(lines)
    subprocess.run(["git", "init", "--quiet"], cwd=site.workspace, check=True)
    hand_over(site.workspace, *site.workspace.rglob("*"))
    return site


@pytest.fixture
async def client(site: Site, way: Way) -> AsyncIterator[Connected]:
    """A client of a server of its own."""
    async with serving(site, way) as server, server.client() as connected:
        yield connected


async def test_what_the_caller_gives_runs_as_it_is(client: Connected) -> None:
    result = await call(client, "run", argv=["grep", "-c", "fig", "a.txt", "b.txt"])
    assert facts(result)["stdout"] == "a.txt:1\nb.txt:1\n"
    result = await call(client, "run", argv=["ls", "*.txt", "$HOME"])
    assert "'*.txt': No such file" in facts(result)["stderr"]


async def test_a_pipeline_runs_without_a_shell(client: Connected) -> None:
    result = await call(client, "run", pipe=[["cat", "a.txt", "b.txt"], ["sort", "-u"]])
    assert facts(result)["stdout"] == "apple\nfig\npear\n"
    names = [stage["program"] for stage in structure(result)["stages"]]
    assert names == ["cat", "sort"]


async def test_every_stage_and_every_command_inside_is_judged(client: Connected) -> None:
    for arguments in (
        {"pipe": [["cat", "a.txt"], ["tee", "/etc/x"]]},
        {"pipe": [["cat", "a.txt"], ["sort", "--compress-program=sh"]]},
        {"pipe": [["cat", "a.txt"], ["xargs", "sh", "-c", "id"]]},
        {"argv": ["xargs", "sort", "--compress-program=sh"]},
    ):
        error = refusal(await call(client, "run", **arguments))
        assert error["code"] in ("denied", "path_outside_workspace"), arguments
    error = refusal(await call(client, "look", pipe=[["cat", "a.txt"], ["tee", "c.txt"]]))
    assert (error["code"], error["message"]) == (
        "denied",
        "an argument of tee writes, and the tool's effect is read",
    )


async def test_a_call_reads_what_an_earlier_one_said(client: Connected) -> None:
    first = structure(await call(client, "run", argv=["cat", "a.txt", "b.txt"]))
    result = await call(client, "run", argv=["wc", "-l"], stdin_from=first["call_id"])
    assert facts(result)["stdout"].strip() == "4"
    failed = structure(await call(client, "run", argv=["ls", "missing"]))
    said = await call(client, "run", argv=["cat"], stdin_from=f"{failed['call_id']}/stderr")
    assert "missing" in facts(said)["stdout"]
    error = refusal(await call(client, "run", argv=["cat"], stdin_from="0" * 20))
    assert error["code"] == "not_found"


async def test_input_folder_and_time_are_the_callers_too(client: Connected, site: Site) -> None:
    (site.workspace / "sub").mkdir()
    assert facts(await call(client, "run", argv=["cat"], stdin="é\n"))["stdout"] == "é\n"
    result = await call(client, "run", argv=["cat", "../a.txt"], cwd="sub")
    assert facts(result)["stdout"] == "fig\napple\n"
    error = refusal(await call(client, "run", argv=["cat"], timeout=3600))
    assert (error["field"], error["allowed"]) == ("timeout", {"max": 30.0})


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ({"argv": "ls -l"}, "argument_invalid", "there is no shell"),
        ({"argv": []}, "argument_invalid", "must name a program"),
        ({"argv": ["ls", "a\0b"]}, "argument_invalid", "control characters"),
        ({"argv": ["ls"] * 10_000}, "argument_invalid", "at most 1000 items"),
        ({"argv": ["bash", "-c", "id"]}, "denied", "Allowed: cat, git, grep"),
        ({"argv": ["own"]}, "denied", "nothing is known of the command line of own"),
        ({"argv": ["sort", "--compress-program=x"]}, "denied", "could run another program"),
        ({"argv": ["sort", "--frobnicate"]}, "denied", "is not known to be safe"),
        ({"argv": ["cat", "../handrail.toml"]}, "path_outside_workspace", "cat leads outside"),
        ({"argv": ["git", "-c", "alias.x=!id", "x"]}, "denied", "git: -c"),
        ({"argv": ["git", "commit", "-m", "x"]}, "denied", "Commits are a person's"),
        ({"argv": ["git", "-C", ".", "commit", "-m", "x"]}, "denied", "Commits are a person's"),
    ],
)
async def test_a_refusal_says_what_and_the_way_out(
    client: Connected, arguments: dict[str, Any], code: str, told: str
) -> None:
    result = await call(client, "run", **arguments)
    assert refusal(result)["code"] == code
    assert told in text(result)


async def test_an_acknowledged_risk_is_taken(client: Connected) -> None:
    assert facts(await call(client, "own", argv=["own", "--any"]))["stdout"] == "own\n"
    result = await call(client, "script", argv=["sh", "-c", "echo $((6 * 7))"])
    assert facts(result)["stdout"] == "42\n"


async def test_git_works_and_runs_nothing_of_the_repositorys(client: Connected, site: Site) -> None:
    hook = site.workspace / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {site.workspace}/ran\n")
    hook.chmod(0o755)
    config = site.workspace / ".git" / "config"
    config.write_text(f"{config.read_text()}[core]\n\tfsmonitor = {hook}\n")
    result = await call(client, "run", argv=["git", "status", "--short"])
    assert sorted(facts(result)["stdout"].splitlines()) == ["?? a.txt", "?? b.txt", "?? hook.sh"]
    assert not (site.workspace / "ran").exists()
    owner = identity(site.workspace.stat().st_uid)
    subprocess.run(["git", "status"], cwd=site.workspace, check=True, capture_output=True, **owner)
    assert (site.workspace / "ran").exists()
