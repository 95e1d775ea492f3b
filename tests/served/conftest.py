"""Servers, and clients of them, for every way to reach one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.served.serving import Connected, Server, serving
from tests.served.site import WAYS, Site, Way


@pytest.fixture(scope="session", params=WAYS, ids=str)
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """A server that many tests share: none of them may harm it."""
    site = Site.build(tmp_path_factory.mktemp("site"))
    async with serving(site, request.param) as shared:
        yield shared


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Connected]:
    """A client of the shared server."""
    async with server.client() as connected:
        yield connected


# Both transports and both protocols by two ways; how else they go together, nightly.
_OWN = [
    pytest.param(way, marks=() if way in (WAYS[0], WAYS[3]) else pytest.mark.nightly)
    for way in WAYS
]


@pytest.fixture(params=_OWN, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    """Every way in turn, for tests that need a server of their own."""
    assert isinstance(request.param, Way)
    return request.param


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site for a server of the test's own."""
    return Site.build(tmp_path)
