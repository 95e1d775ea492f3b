"""Servers that count what is used, in one Redis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fastmcp.client.transports import StreamableHttpTransport

from tests.redis_server import RedisServer
from tests.served.serving import Server, http_process
from tests.served.site import Site, Way

_SERVER_FILE = """
config_version = 1
[server]
name = "metered"
[workspace]
root = "workspace"
[programs]
sleep = {{}}
true = {{}}
[access]
store = "{store}"
without_store = "read"
[access.limits]
{budget}
[[tool]]
name = "look"
description = "Do nothing."
program = "true"
[[tool]]
name = "change"
description = "Do nothing, and say that it changes things."
program = "true"
effect = "write"
[[tool]]
name = "linger"
description = "Take a while."
program = "sleep"
args = ["{{seconds}}"]
timeout = "5m"
params.seconds = {{ type = "integer", required = true }}
"""


def metered_site(folder: Path, redis: RedisServer, budget: str) -> Site:
    """A site whose callers have this budget, shared with all others of the same Redis."""
    folder.mkdir()
    return Site.build(folder, _SERVER_FILE.format(store=redis.url, budget=budget))


@contextmanager
def replicas(sites: Sequence[Site]) -> Iterator[list[Server]]:
    """A server process for each site, started side by side."""
    with ExitStack() as stack:
        with ThreadPoolExecutor() as pool:
            started = list(pool.map(stack.enter_context, map(http_process, sites)))
        yield [
            Server(site, Way("http", "auto"), process.pid, StreamableHttpTransport(url), url)
            for site, (process, url) in zip(sites, started, strict=True)
        ]
