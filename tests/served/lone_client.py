"""A client in a process of its own, for tests that kill it: `python -m tests.served.lone_client`.

Standard input has, as JSON, whom to connect to and what to call.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastmcp import Client
from fastmcp.client.transports import ClientTransport, StdioTransport, StreamableHttpTransport

from tests.served.serving import Server
from tests.served.site import Site, Way

_ROOT = Path(__file__).parents[2]


@contextmanager
def lone_client(
    site: Site, way: Way, server: Server | None, tool: str, **arguments: object
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that calls a tool; without a server, it starts one of its own, on stdio."""
    task = {
        "folder": str(site.folder),
        "mode": way.mode,
        "url": server.url if server is not None else None,
        "tool": tool,
        "arguments": arguments,
    }
    with site.folder.joinpath("client").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.served.lone_client"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
        )
    assert process.stdin is not None
    with process:
        try:
            process.stdin.write(json.dumps(task).encode())
            process.stdin.close()
            yield process
        finally:
            process.kill()


async def main() -> None:
    """Do what standard input says."""
    task = json.loads(sys.stdin.read())
    transport: ClientTransport
    if task["url"] is None:
        site = Site(Path(task["folder"]))
        command, *rest = site.command()
        transport = StdioTransport(command, rest, env=site.environment, log_file=site.log)
    else:
        transport = StreamableHttpTransport(task["url"])
    async with Client(transport, mode=task["mode"]) as client:
        await client.call_tool_mcp(task["tool"], task["arguments"])


if __name__ == "__main__":
    asyncio.run(main())
