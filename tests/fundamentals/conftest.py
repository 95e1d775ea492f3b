"""A server file becomes a server, and a client is connected to it, all in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastmcp import Client
from fastmcp.client.transports import FastMCPTransport

from handrail.examining import open_file
from handrail.mcp.server import build_server
from handrail.opening import open_line
from handrail.record.record import CallRecord

Serve = Callable[[str], AbstractAsyncContextManager[Client[FastMCPTransport]]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A recorder that keeps its records in a list."""

    records: list[CallRecord] = field(default_factory=list)
    is_failing: bool = False

    async def begin(self, call: CallRecord) -> None:
        """Nothing yet."""

    async def end(self, call: CallRecord) -> None:
        self.records.append(call)


@pytest.fixture
def ledger() -> Ledger:
    """What has been recorded of the test's calls."""
    return Ledger()


@pytest.fixture
def serve(tmp_path: Path, ledger: Ledger) -> Serve:
    """Serve what a text declares, with `tmp_path` as the workspace."""

    @asynccontextmanager
    async def serving(declaration: str) -> AsyncIterator[Client[FastMCPTransport]]:
        file = tmp_path / "handrail.toml"
        file.write_text(f"config_version = 1\n{declaration}")
        # In a thread, for it has an event loop of its own, in which it asks programs who they are.
        opened = await asyncio.to_thread(open_file, file)
        async with (
            open_line(opened.spec, opened.host, ledger, opened.means) as line,
            Client(build_server(line)) as client,
        ):
            yield client

    return serving
