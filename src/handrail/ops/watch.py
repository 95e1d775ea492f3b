"""What looks on while a server runs: who hears of its calls, and where it tells what it sees."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from starlette.routing import BaseRoute

from handrail.call import Line
from handrail.errors import UsageError
from handrail.ops.budgets import Budgets
from handrail.ops.console.gate import Gate
from handrail.ops.console.now import Now, Seen
from handrail.ops.console.routes import console_routes
from handrail.ops.gauges import Gauges
from handrail.ops.health import health_routes, own_health_routes, ready_soon
from handrail.ops.inside import Inside
from handrail.ops.listener import listening
from handrail.ops.metrics_page import metrics_route
from handrail.ops.readiness import Readiness
from handrail.ops.snapshot import snapshot
from handrail.ops.stalls import stalls_logged
from handrail.ops.state_socket import CONSOLE, HEALTH, TOP, telling
from handrail.plan.host import Host
from handrail.record.metrics import Metrics
from handrail.record.otlp import export
from handrail.record.rates import Rates
from handrail.record.recent import Recent
from handrail.record.record import Recorder
from handrail.record.tally import Tally
from handrail.spec.server import ServerSpec

_SHORTEST_TOKEN = 16


class Watch:
    """Looks on. `address` is the ops listener's, in place of the one in the server file.

    Raises `UsageError` when the token in the server file could be guessed.
    """

    def __init__(self, spec: ServerSpec, host: Host, address: tuple[str, int] | None) -> None:
        self._spec = spec
        self._host = host
        self._address = address or _address(spec.telemetry.ops)
        self._tally = Tally()
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._metrics = Metrics(self._registry, [tool.name for tool in spec.tools])
        self._recent, self._rates = Recent(), Rates()
        self._export = export(spec)
        self._given = _token(spec, host)
        self._token = self._given or secrets.token_urlsafe()

    @property
    def recorders(self) -> Sequence[Recorder]:
        """Who hears of every call."""
        sent = () if self._export is None else (self._export.traces,)
        shown = () if self._address is None else (self._recent, self._rates)
        return (self._tally, self._metrics, *shown, *sent)

    @asynccontextmanager
    async def on(self, line: Line) -> AsyncIterator[Sequence[BaseRoute]]:
        """Look on; what the main port tells of it.

        Raises `UsageError` when the ops listener's address is not to be had.
        """
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            if self._export is not None:
                stack.push_async_callback(asyncio.to_thread, self._export.close)
            inside = stack.enter_context(Inside.entered(line))
            stack.enter_context(stalls_logged(inside))
            readiness = await stack.enter_async_context(Readiness(line, self._host).watched())
            facts: dict[bytes, Callable[[], Awaitable[object]]] = {
                TOP: partial(snapshot, line, self._tally, began),
                HEALTH: partial(ready_soon, inside, readiness),
                CONSOLE: self._console,
            }
            await stack.enter_async_context(telling(line.state, facts))
            if self._address is not None:
                budgets = await stack.enter_async_context(Budgets(line.meter).watched())
                self._registry.register(Gauges(inside, readiness, budgets))
                seen = Seen(line, readiness, self._tally, self._recent, self._rates, began)
                routes = self._routes(inside, seen)
                stack.enter_context(listening(self._address, routes))
            yield own_health_routes(readiness)

    def _routes(self, inside: Inside, seen: Seen) -> Sequence[BaseRoute]:
        """What the ops listener tells, and shows."""
        return [
            *health_routes(inside, seen.readiness),
            metrics_route(self._registry, self._given),
            *console_routes(Gate(self._token, self._spec.http.hosts), Now(inside, seen)),
        ]

    async def _console(self) -> dict[str, str | None]:
        """Where the console is, with what opens it: for who owns the state folder."""
        url = None if self._address is None else f"{_url(*self._address)}/#token={self._token}"
        return {"server": self._spec.server.name, "url": url}


def _token(spec: ServerSpec, host: Host) -> str | None:
    name = spec.telemetry.token
    if name is None:
        return None
    token = host.secrets[name]
    if len(token) < _SHORTEST_TOKEN:
        raise UsageError(
            f"the secret {name!r}, telemetry.token, is so short that it can be guessed",
            hint=f"Take {_SHORTEST_TOKEN} characters or more: openssl rand -hex 32",
        )
    return token


def _url(host: str, port: int) -> str:
    """Where a browser on this machine finds what listens there."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_unspecified:
            host = "127.0.0.1" if address.version == 4 else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
