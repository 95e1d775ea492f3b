"""Clients that others wrote: each installed as its users do, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.served.serving import http_process
from tests.served.site import Site

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(300)]

# Each connects (to the server's command, or to its URL), lists the tools, and makes four calls;
# its person approves the first time that they are asked, and never again.
PYTHON = """
import asyncio, json, sys
from contextlib import asynccontextmanager
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import ElicitResult

task = json.load(sys.stdin)

@asynccontextmanager
async def connected():
    if "url" in task:
        async with streamablehttp_client(task["url"]) as (read, write, _):
            yield read, write
    else:
        command, *rest = task["command"]
        server = StdioServerParameters(command=command, args=rest, env=task["environment"])
        async with stdio_client(server) as (read, write):
            yield read, write

answers = [
    ElicitResult(action="accept", content={"approve": True}), ElicitResult(action="decline"),
]
questions = []

async def ask(context, params):
    questions.append(params.message)
    return answers.pop(0)

async def main():
    async with (
        connected() as streams, ClientSession(*streams, elicitation_callback=ask) as session,
    ):
        await session.initialize()
        tools = await session.list_tools()
        said = await session.call_tool("end", {})
        refused = await session.call_tool("strict", {"count": "x"})
        approved = await session.call_tool("destroy", {})
        declined = await session.call_tool("destroy", {})
    print(json.dumps({
        "tools": [tool.name for tool in tools.tools],
        "said": said.structuredContent,
        "refused": [refused.isError, refused.structuredContent],
        "approved": approved.structuredContent,
        "declined": declined.structuredContent,
        "questions": questions,
    }))

asyncio.run(main())
"""

TYPESCRIPT = """
import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const task = JSON.parse(readFileSync(0, "utf8"));
const transport = task.url
  ? new StreamableHTTPClientTransport(new URL(task.url))
  : new StdioClientTransport({
      command: task.command[0], args: task.command.slice(1), env: task.environment,
    });
const answers = [{ action: "accept", content: { approve: true } }, { action: "decline" }];
const questions = [];
const client = new Client(
  { name: "nightly", version: "1" }, { capabilities: { elicitation: {} } },
);
client.setRequestHandler(ElicitRequestSchema, async (request) => {
  questions.push(request.params.message);
  return answers.shift();
});
await client.connect(transport);
const { tools } = await client.listTools();
const said = await client.callTool({ name: "end", arguments: {} });
const refused = await client.callTool({ name: "strict", arguments: { count: "x" } });
const approved = await client.callTool({ name: "destroy", arguments: {} });
const declined = await client.callTool({ name: "destroy", arguments: {} });
console.log(JSON.stringify({
  tools: tools.map((tool) => tool.name),
  said: said.structuredContent,
  refused: [refused.isError, refused.structuredContent],
  approved: approved.structuredContent,
  declined: declined.structuredContent,
  questions,
}));
await client.close();
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A client that is ready to be run."""

    folder: Path
    command: tuple[str, ...]

    def meet(self, task: dict[str, object]) -> dict[str, Any]:
        """What the client tells after it has talked to a server."""
        told = subprocess.run(
            self.command,
            cwd=self.folder,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        result: dict[str, Any] = json.loads(told.stdout)
        return result


def install_python(folder: Path) -> Installed:
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv/bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "mcp<2"], check=True)
    folder.joinpath("client.py").write_text(PYTHON)
    return Installed(folder, (python, "client.py"))


def install_typescript(folder: Path) -> Installed:
    folder.joinpath("package.json").write_text('{"private": true, "type": "module"}')
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
    subprocess.run([*install, "@modelcontextprotocol/sdk@1"], cwd=folder, check=True)
    folder.joinpath("client.js").write_text(TYPESCRIPT)
    return Installed(folder, ("node", "client.js"))


@pytest.fixture(scope="module", params=[install_python, install_typescript], ids=["python", "ts"])
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    client: Installed = request.param(tmp_path_factory.mktemp("client"))
    return client


@contextmanager
def address(site: Site, transport: Literal["stdio", "http"]) -> Iterator[dict[str, object]]:
    """How a client reaches a server of this site."""
    if transport == "stdio":
        yield {"command": site.command(), "environment": {**os.environ, **site.environment}}
        return
    with http_process(site) as (_, url):
        yield {"url": url}


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_a_client_of_others_lists_and_calls(
    installed: Installed, site: Site, transport: Literal["stdio", "http"]
) -> None:
    with address(site, transport) as task:
        told = installed.meet(task)

    assert told["tools"][0] == "end"
    assert told["tools"][-1] == "read_output"
    assert told["said"]["stdout"] == "said\n"
    assert told["said"]["ending"] == {"kind": "exited", "code": 0}
    is_error, content = told["refused"]
    assert is_error
    assert content["error"]["code"] == "argument_invalid"
    assert told["approved"]["ok"]
    assert told["declined"]["error"]["code"] == "approval_declined"
    assert len(told["questions"]) == 2
    assert '/sh -c "touch started"\n' in told["questions"][0]
    assert list(site.left_behind()) == []
