"""A question that nobody answers in time expires. In this process, for its patience is short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastmcp import Client

from handrail.mcp.server import build_server
from handrail.opening import open_line
from handrail.plan.host import survey
from handrail.record.logbook import Logbook
from handrail.spec.load import load
from tests.running import eventually
from tests.served.answers import refusal
from tests.served.asking import SERVER_FILE, Person, end, question, ran
from tests.served.raw import Mode
from tests.served.serving import Connected, call
from tests.served.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site whose tools wait for a person."""
    return Site.build(tmp_path, SERVER_FILE.read_text())


@asynccontextmanager
async def impatient(
    site: Site, mode: Mode, person: Person, seconds: float
) -> AsyncIterator[Connected]:
    """A client of a server whose questions wait so long."""
    spec = load(site.file, site.environment)
    host, _ = survey(spec, site.file, site.environment)
    assert host is not None
    async with (
        open_line(spec, host, Logbook(), patience_seconds=seconds) as line,
        Client(build_server(line), mode=mode, elicitation_handler=person.hear) as client,
    ):
        yield client


async def test_while_the_call_waits(site: Site) -> None:
    closed = asyncio.Event()

    async def think(_: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with impatient(site, "legacy", Person(thinking=think), seconds=0.2) as client:
        error = refusal(await call(client, "destroy"))
        # The client is told, so that it can take the question away.
        await eventually(closed.is_set)

    assert error["code"] == "approval_required"
    assert error["message"] == "the question expired before the person answered it"
    assert ran(site) == []


async def test_between_two_rounds(site: Site) -> None:
    async with impatient(site, "auto", Person(), seconds=0) as client:
        error = refusal(await end(client, "destroy", await question(client, "destroy")))

    assert error["code"] == "approval_required"
    assert error["message"] == "the question expired before the person answered it"
    assert ran(site) == []
