"""A server whose console is looked at."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from tests.served.serving import Connected, Server, free_port, serving
from tests.served.site import WAYS, Site


@dataclass(frozen=True, slots=True)
class Looking:
    """The server, a client of it, and its console's address, with what opens it."""

    server: Server
    client: Connected
    address: str

    @property
    def url(self) -> str:
        """The console's address alone."""
        return self.address.partition("/#")[0]

    @property
    def token(self) -> str:
        """What opens it."""
        return self.address.partition("#token=")[2]

    async def ask(
        self, path: str, *, token: str | None = None, method: str = "GET", **headers: str
    ) -> httpx2.Response:
        """What is answered to a request, by a browser's or anybody's."""
        shown = f"Bearer {self.token if token is None else token}".strip()
        brought = httpx2.Headers({"authorization": shown, **headers}, encoding="utf-8")
        async with httpx2.AsyncClient() as client:
            return await client.request(method, f"{self.url}{path}", headers=brought, timeout=20)

    async def look(self) -> int | None:
        """Look at the server once, in as little as that takes; the status of the answer.

        None when there was none: of too many who look, the listener hangs up on some.
        """
        host, _, port = self.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        asked = (
            f"GET /console/server HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
            f"Authorization: Bearer {self.token}\r\n\r\n"
        )
        writer.write(asked.encode())
        try:
            answer = await reader.read()
        except ConnectionError:
            return None
        finally:
            writer.close()
        return int(answer.split()[1]) if answer else None


@asynccontextmanager
async def looking(site: Site, *arguments: str) -> AsyncIterator[Looking]:
    """Serve with a console; its address is what the command line tells."""
    ops = f"127.0.0.1:{free_port()}"
    async with (
        serving(site, WAYS[0], "--ops", ops, *arguments) as server,
        server.client() as client,
    ):
        yield Looking(server, client, await address_of(site))


async def address_of(site: Site) -> str:
    """What `handrail console` tells."""
    command = [sys.executable, "-m", "handrail", "console", str(site.file), "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    address: str = json.loads(told)["url"]
    return address
