"""What people write: a FastMCP server whose tools start a process each, and hope for the best."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

from fastmcp import FastMCP

server = FastMCP("naive")


async def output_of(*argv: str) -> str:
    """Run a command to its end; no limits, no confinement, no record."""
    process = await asyncio.create_subprocess_exec(*argv, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    stdout, _ = await process.communicate()
    return stdout.decode()


@server.tool(name="true")
async def run_true() -> str:
    """Do nothing."""
    return await output_of("/bin/true")


@server.tool
async def echo(text: str) -> str:
    """Say it again."""
    return await output_of("/bin/echo", text)


def main() -> None:
    """Serve on stdio, or over HTTP with `--http HOST:PORT`."""
    match sys.argv[1:]:
        case ["--http", address]:
            host, _, port = address.partition(":")
            # Without uvicorn's line per request: handrail has none either.
            server.run("http", show_banner=False, host=host, port=int(port), log_level="warning")
        case _:
            server.run("stdio", show_banner=False)


if __name__ == "__main__":
    main()
