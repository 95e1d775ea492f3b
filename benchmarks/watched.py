"""What do metrics, traces and logs cost one call, against the same server without them?"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

from benchmarks.measure import take_turns, timed
from benchmarks.servers import serving_with
from benchmarks.table import Comparison, Table

ROUNDS = 30
_BATCH = 10
_GATE = "<= 1.1"
_SCRAPE_SECONDS = 1.0


async def measure(rounds: int = ROUNDS) -> Table:
    """A call with everything on, scraped once a second, and with everything off."""
    port = _free_port()
    with _collector() as url:
        on = f'\n[telemetry]\nops = "127.0.0.1:{port}"\notlp = "{url}"\n'
        off_and_on = serving_with("", "--log-level", "error"), serving_with(on)
        async with off_and_on[0] as off, off_and_on[1] as watched, _scraped(port):
            turns = {
                "ours": timed(lambda: watched.call("true")),
                "theirs": timed(lambda: off.call("true")),
            }
            samples = await take_turns(turns, rounds, _BATCH)
    found = Comparison("true", samples["ours"], samples["theirs"], _GATE)
    title = "one call over stdio; ms; theirs is Handrail without metrics, traces and logs"
    return Table("watched", title, [found.in_milliseconds()])


@asynccontextmanager
async def _scraped(port: int) -> AsyncIterator[None]:
    """Prometheus, as far as a server notices."""

    async def scrape() -> None:
        async with httpx2.AsyncClient() as client:
            while True:
                (await client.get(f"http://127.0.0.1:{port}/metrics")).raise_for_status()
                await asyncio.sleep(_SCRAPE_SECONDS)

    scraping = asyncio.create_task(scrape())
    try:
        yield
    finally:
        scraping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scraping


@contextmanager
def _collector() -> Iterator[str]:
    """Takes spans and measurements, and throws them away."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
