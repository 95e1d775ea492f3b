"""Two servers behind nginx, by the example that is shipped, with TLS and real clients."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from tests.running import eventually
from tests.served.answers import facts
from tests.served.serving import free_port, http_process
from tests.served.site import Site
from tests.served.test_http_table import certificate
from tests.served.watching import commands_below

CONFIGURATION = Path("container/proxies/nginx.conf")
SITE = Path(__file__).with_name("site.toml")
eras = pytest.mark.parametrize("mode", ["auto", "legacy"])


@dataclass(frozen=True)
class Fleet:
    """Servers behind a proxy."""

    url: str
    trusted: ssl.SSLContext
    pids: list[int]
    sites: list[Site]

    def client(self, mode: Literal["auto", "legacy"], **options: Any) -> Client[Any]:
        """A client of the proxy."""
        transport = StreamableHttpTransport(
            self.url, headers={"Host": "tools.test"}, verify=self.trusted
        )
        return Client(transport, mode=mode, **options)

    def running(self) -> list[Any]:
        """The commands of all servers."""
        return [one for pid in self.pids for one in commands_below(pid)]


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Two servers, and nginx before them."""
    certificate(tmp_path)
    with ExitStack() as stack:
        sites, pids, addresses = [], [], []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            site = Site.build(tmp_path / name, SITE.read_text())
            process, url = stack.enter_context(http_process(site))
            sites.append(site)
            pids.append(process.pid)
            addresses.append(url.removeprefix("http://").removesuffix("/mcp"))
        listen = stack.enter_context(nginx(tmp_path, addresses))
        trusted = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        yield Fleet(f"https://{listen}/mcp", trusted, pids, sites)


@contextmanager
def nginx(folder: Path, addresses: list[str]) -> Iterator[str]:
    """nginx with the example, its capitals filled in; where it listens."""
    listen = f"127.0.0.1:{free_port()}"
    text = CONFIGURATION.read_text()
    for capital, value in {
        "PIDFILE": f"{folder}/nginx.pid",
        "FIRST": addresses[0],
        "SECOND": addresses[1],
        "LISTEN": listen,
        "NAME": "tools.test",
        "CERTIFICATE": f"{folder}/cert.pem",
        "PRIVATE_KEY": f"{folder}/key.pem",
    }.items():
        text = text.replace(f" {capital}", f" {value}")
    (folder / "nginx.conf").write_text(text)
    with (folder / "nginx.log").open("w") as log:
        process = subprocess.Popen(
            ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off;"],
            stderr=log,
        )
    try:
        yield listen
    finally:
        process.terminate()
        process.wait(20)


async def is_up(fleet: Fleet) -> None:
    """Wait until the proxy answers for its servers."""

    def ready() -> bool:
        try:
            url = fleet.url.replace("/mcp", "/readyz")
            headers = {"Host": "tools.test"}
            return httpx2.get(url, verify=fleet.trusted, headers=headers).status_code == 200
        except httpx2.TransportError:
            return False

    await eventually(ready)


@eras
async def test_progress_comes_while_a_call_runs(
    fleet: Fleet, mode: Literal["auto", "legacy"]
) -> None:
    await is_up(fleet)
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


@eras
async def test_a_call_that_is_given_up_ends_its_command(
    fleet: Fleet, mode: Literal["auto", "legacy"]
) -> None:
    await is_up(fleet)
    async with fleet.client(mode) as client:
        call = asyncio.ensure_future(client.call_tool_mcp("linger", {"seconds": 49}))
        await eventually(lambda: bool(fleet.running()))
        call.cancel()
        await eventually(lambda: not fleet.running())


async def test_when_one_server_goes_calls_go_on(fleet: Fleet) -> None:
    await is_up(fleet)
    async with fleet.client("auto") as client:
        assert facts(await client.call_tool_mcp("linger", {"seconds": 0}))["ok"]
    os.kill(fleet.pids[0], signal.SIGTERM)
    await eventually(lambda: not Path(f"/proc/{fleet.pids[0]}/cmdline").read_bytes())
    async with fleet.client("auto") as client:
        for _ in range(4):
            assert facts(await client.call_tool_mcp("linger", {"seconds": 0}))["ok"]
