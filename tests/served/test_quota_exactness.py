"""Four servers with one budget let exactly as many calls through as it has."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.redis_server import redis_server
from tests.served.answers import structure
from tests.served.metered import metered_site, replicas
from tests.served.serving import Server, call

QUOTA = 1000
_CLIENTS = 20


async def _call_until_refused(server: Server) -> Counter[str]:
    """What became of a client's calls: it goes on for a while after its first refusal."""
    became: Counter[str] = Counter()
    async with server.client() as client:
        while became["quota_exhausted"] < 3:
            content = structure(await call(client, "look"))
            became[content["error"]["code"] if "error" in content else "done"] += 1
    return became


async def test_of_a_quota_of_1000_exactly_1000_calls_run(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        budget = f'calls = "{QUOTA}/week"'
        sites = [metered_site(tmp_path / f"site{n}", redis, budget) for n in range(4)]
        with replicas(sites) as servers:
            became = await asyncio.gather(
                *(_call_until_refused(servers[n % 4]) for n in range(_CLIENTS))
            )

    assert sum(became, Counter()) == {"done": QUOTA, "quota_exhausted": 3 * _CLIENTS}
    ended = [[line for line in site.records() if line.get("ending")] for site in sites]
    assert sum(map(len, ended)) == QUOTA
    assert all(ended), "every server had its part"
