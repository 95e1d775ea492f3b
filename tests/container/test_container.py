"""The image, run as its owner would: what holds in it, and what it survives."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.container.engine import Deployment, Mode, docker
from tests.served.answers import facts, structure

pytestmark = pytest.mark.container
SERVER_FILE = Path(__file__).with_name("handrail.toml")
SECCOMP = Path("container/seccomp.json").resolve()


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A server file, a secret and fresh volumes."""
    (tmp_path / "token").write_text("hunter2-hunter2\n")
    (tmp_path / "token").chmod(0o444)
    deployment = Deployment(tmp_path, SERVER_FILE)
    yield deployment
    deployment.remove()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_with_a_key_calls_tools(deployment: Deployment, mode: Mode) -> None:
    with deployment.running() as container:
        async with container.client(mode) as client:
            written = await client.call_tool_mcp("write_file", {"path": "a", "content": "x"})
            whispered = await client.call_tool_mcp("whisper", {})
        answers = [fetched(container.address(port), "/readyz") for port in (8000, 9464)]
        metrics = fetched(container.address(9464), "/metrics")
    assert not written.is_error
    assert facts(whispered)["stdout"] == "15\n"
    assert structure(whispered)["confinement"] == {"tier": "landlock", "network": False}
    assert [json.loads(one) for one in answers] == [{"status": "ready", "tier": "landlock"}] * 2
    assert 'handrail_calls_total{ending="exited",result="ok",tool="whisper"' in metrics


async def test_what_is_not_the_workspace_cannot_be_reached(deployment: Deployment) -> None:
    with deployment.running() as container:
        async with container.client() as client:
            result = await client.call_tool_mcp("reach", {})
    assert facts(result)["stdout"] == "10001\n"


async def test_commands_that_take_too_much_leave_the_server_alive(deployment: Deployment) -> None:
    with deployment.running() as container:
        async with container.client() as client:
            eaten = await client.call_tool_mcp("eat", {})
            multiplied = await client.call_tool_mcp("multiply", {})
            after = await client.call_tool_mcp("whisper", {})
        assert container.health == "healthy"
    assert facts(eaten)["ending"] == {"kind": "memory_exceeded"}
    assert int(facts(multiplied)["stdout"] or 0) < 16
    assert facts(after)["ok"]


def test_a_server_that_stands_still_is_unhealthy(deployment: Deployment) -> None:
    with deployment.running() as container:
        server = serving(container.pid)
        server.suspend()
        container.wait_for("unhealthy")
        server.resume()
        container.wait_for("healthy")


async def test_a_call_that_runs_ends_whole_when_the_container_is_stopped(
    deployment: Deployment,
) -> None:
    with deployment.running() as container:
        async with container.client() as client:
            await client.list_tools()
            call = asyncio.ensure_future(client.call_tool_mcp("linger", {"seconds": 3}))
            while not any("sleep 3" in line for line in container.processes()):
                await asyncio.sleep(0.1)
            await asyncio.to_thread(docker, "stop", "--time", "30", container.name)
            result = await call
        assert container.exit_code == 0
    assert facts(result)["stdout"] == "begun\ndone\n"


async def test_nothing_is_left_of_a_container_that_is_killed(deployment: Deployment) -> None:
    with deployment.running() as container:
        async with container.client() as client:
            call = asyncio.ensure_future(client.call_tool_mcp("linger", {"seconds": 29}))
            while not any("sleep 29" in line for line in container.processes()):
                await asyncio.sleep(0.1)
            inside = psutil.Process(container.pid).children(recursive=True)
            serving(container.pid).kill()
            gone, alive = psutil.wait_procs(inside, timeout=20)
            call.cancel()
    assert gone
    assert alive == []


async def test_budgets_and_the_audit_outlive_a_container(deployment: Deployment) -> None:
    with deployment.running() as first:
        async with first.client() as client:
            for _ in range(15):
                assert facts(await client.call_tool_mcp("whisper", {}))["ok"]
    with deployment.running() as second:
        again = type(first)(second.name, first.key)
        async with again.client() as client:
            results = [await client.call_tool_mcp("whisper", {}) for _ in range(8)]
    assert [one.is_error for one in results] == [False] * 5 + [True] * 3
    verified = deployment.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    assert "no problems" in verified.stdout + verified.stderr or "whole" in verified.stdout


def test_a_stronger_tier_is_had_where_the_engine_permits_it(deployment: Deployment) -> None:
    permits = ("--security-opt", f"seccomp={SECCOMP}", "--security-opt", "systempaths=unconfined")
    refused = with_tier(deployment, "namespaces")
    assert (refused.returncode, "E142" in refused.stderr) == (2, True)
    assert "confinement_unavailable" in refused.stderr
    said = deployment.command("doctor", "--json", options=permits)
    assert json.loads(said.stdout)["strongest"] == "namespaces"


def test_what_is_lacking_is_said_before_anything_is_served(deployment: Deployment) -> None:
    (deployment.folder / "token").write_text("")
    empty = deployment.command("serve")
    assert empty.returncode == 2
    assert "TOKEN" in empty.stderr


def with_tier(deployment: Deployment, tier: str) -> Any:
    """Serve a file that requires a tier."""
    file = deployment.folder / "stronger.toml"
    file.write_text(f'{SERVER_FILE.read_text()}\n[confinement]\nrequire = "{tier}"\n')
    file.chmod(0o444)
    deployment.server_file = file
    return deployment.command("serve")


def serving(first: int) -> psutil.Process:
    """The server's process in the container that begins with process `first`."""
    (server,) = psutil.Process(first).children()
    return server


def fetched(address: str, path: str) -> str:
    """What is told at an address."""
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:  # ours
        return str(answer.read().decode())
