"""Two servers behind each proxy of the examples, with TLS and real clients."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from handrail.mcp.auth.key import new_key
from handrail.mcp.auth.key_file import changing
from tests.proxies.programs import COMMANDS, NAME, proxy
from tests.running import eventually
from tests.served.answers import facts
from tests.served.serving import http_process
from tests.served.site import Site
from tests.served.test_http_table import certificate
from tests.served.watching import commands_below

SITE = Path(__file__).with_name("site.toml")
eras = pytest.mark.parametrize("mode", ["auto", "legacy"])
HANG_UP_SECONDS = 45
"""HAProxy 2.6 misses some, until the server has said something more: it does every 15 s."""


@dataclass(frozen=True)
class Fleet:
    """Servers behind a proxy."""

    url: str
    trusted: ssl.SSLContext
    key: str
    pids: list[int]
    sites: list[Site]

    def client(self, mode: Literal["auto", "legacy"], **headers: str) -> Client[Any]:
        """A client of the proxy, which also says `headers`."""
        said = {"Host": NAME, "Authorization": f"Bearer {self.key}", **headers}
        transport = StreamableHttpTransport(self.url, headers=said, verify=self.trusted)
        return Client(transport, mode=mode)

    def ask(self, path: str, **headers: str) -> httpx2.Response:
        """What the proxy answers."""
        url = self.url.replace("/mcp", path)
        return httpx2.get(url, verify=self.trusted, headers={"Host": NAME, **headers}, timeout=20)

    def wait_until_ready(self) -> None:
        """Wait until the proxy answers for its servers."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with suppress(httpx2.TransportError):
                if self.ask("/readyz").status_code == 200:
                    return
            time.sleep(0.02)
        raise AssertionError("the proxy does not answer")

    def running(self) -> list[Any]:
        """The commands of all servers."""
        return [one for pid in self.pids for one in commands_below(pid)]


@contextmanager
def standing(program: str, folder: Path) -> Iterator[Fleet]:
    """Two servers, and a proxy before them."""
    certificate(folder)
    made, key = new_key("ann", [], None, None)
    with ExitStack() as stack:
        sites, pids, addresses = [], [], []
        for name in ("first", "second"):
            (folder / name).mkdir()
            site = Site.build(folder / name, SITE.read_text())
            with changing(site.state / "keys.json") as keys:
                keys.append(made)
            process, url = stack.enter_context(http_process(site))
            sites.append(site)
            pids.append(process.pid)
            addresses.append(url.removeprefix("http://").removesuffix("/mcp"))
        listen = stack.enter_context(proxy(program, folder, addresses))
        trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
        found = Fleet(f"https://{listen}/mcp", trusted, key, pids, sites)
        found.wait_until_ready()
        yield found


@pytest.fixture(params=list(COMMANDS), scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Fleet]:
    """Two servers behind each proxy in turn; no test may harm them."""
    folder = tmp_path_factory.mktemp(request.param)
    folder.parent.chmod(0o755)
    with standing(request.param, folder) as found:
        yield found


@eras
async def test_progress_comes_while_a_call_runs(
    fleet: Fleet, mode: Literal["auto", "legacy"]
) -> None:
    heard: list[str | None] = []

    async def hear(_: float, __: float | None, message: str | None) -> None:
        heard.append(message)

    async with fleet.client(mode) as client:
        call = asyncio.ensure_future(client.call_tool_mcp("talk", {}, progress_handler=hear))
        await eventually(lambda: any("begun" in (one or "") for one in heard))
        assert not call.done()
        for site in fleet.sites:
            (site.workspace / "go").write_text("")
        assert facts(await call)["stdout"] == "begun\ndone\n"
    for site in fleet.sites:
        (site.workspace / "go").unlink()


@pytest.mark.timeout(90)
@eras
async def test_a_call_that_is_given_up_ends_its_command(
    fleet: Fleet, mode: Literal["auto", "legacy"]
) -> None:
    async with fleet.client(mode) as client:
        call = asyncio.ensure_future(client.call_tool_mcp("linger", {"seconds": 49}))
        await eventually(lambda: bool(fleet.running()))
        call.cancel()
        await eventually(lambda: not fleet.running(), HANG_UP_SECONDS)


@pytest.mark.nightly  # for half a minute it waits
@pytest.mark.timeout(90)
@eras
async def test_so_does_one_that_was_being_answered(
    fleet: Fleet, mode: Literal["auto", "legacy"]
) -> None:
    heard = asyncio.Event()

    async def hear(_: float, __: float | None, message: str | None) -> None:
        if "begun" in (message or ""):
            heard.set()

    async with fleet.client(mode) as client:
        call = asyncio.ensure_future(client.call_tool_mcp("talk", {}, progress_handler=hear))
        await asyncio.wait_for(heard.wait(), 30)
        call.cancel()
        await eventually(lambda: not fleet.running(), HANG_UP_SECONDS)


@pytest.mark.parametrize(
    "program",
    ["nginx", *(pytest.param(one, marks=pytest.mark.nightly) for one in ("caddy", "haproxy"))],
)
async def test_when_one_server_goes_calls_go_on(tmp_path: Path, program: str) -> None:
    with standing(program, tmp_path) as fleet:
        async with fleet.client("auto") as client:
            assert facts(await client.call_tool_mcp("linger", {"seconds": 0}))["ok"]
        os.kill(fleet.pids[0], signal.SIGTERM)
        await eventually(lambda: not Path(f"/proc/{fleet.pids[0]}/cmdline").read_bytes())
        async with fleet.client("auto") as client:
            for _ in range(4):
                assert facts(await client.call_tool_mcp("linger", {"seconds": 0}))["ok"]


async def test_nobody_names_themselves_through_it(fleet: Fleet) -> None:
    forged = {"X-Forwarded-User": "mallory", "X-Forwarded-Groups": "admin"}
    assert fleet.ask("/mcp", **forged).status_code == 401
    async with fleet.client("auto", **forged) as client:
        assert facts(await client.call_tool_mcp("linger", {"seconds": 0}))["ok"]
    callers = [one["caller"] for site in fleet.sites for one in site.records() if "caller" in one]
    assert set(callers) == {"ann"}
    assert fleet.ask("/metrics").status_code == 404
