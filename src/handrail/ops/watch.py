"""What looks on while a server runs: who hears of its calls, and where it tells what it sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics
from starlette.routing import BaseRoute

from handrail.call import Line
from handrail.ops.gauges import Gauges
from handrail.ops.health import health_routes, own_health_routes, ready_soon
from handrail.ops.inside import Inside
from handrail.ops.listener import listening
from handrail.ops.metrics_page import metrics_route
from handrail.ops.readiness import Readiness
from handrail.ops.snapshot import snapshot
from handrail.ops.state_socket import HEALTH, TOP, telling
from handrail.plan.host import Host
from handrail.record.metrics import Metrics
from handrail.record.otlp import export
from handrail.record.record import Recorder
from handrail.record.tally import Tally
from handrail.spec.server import ServerSpec


class Watch:
    """Looks on. `address` is the ops listener's, in place of the one in the server file."""

    def __init__(self, spec: ServerSpec, host: Host, address: tuple[str, int] | None) -> None:
        self._spec = spec
        self._host = host
        self._address = address or _address(spec.telemetry.ops)
        self._tally = Tally()
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._metrics = Metrics(self._registry, [tool.name for tool in spec.tools])

        self._export = export(spec)

    @property
    def recorders(self) -> Sequence[Recorder]:
        """Who hears of every call."""
        sent = () if self._export is None else (self._export.traces,)
        return (self._tally, self._metrics, *sent)

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
            readiness = await stack.enter_async_context(Readiness(line, self._host).watched())
            facts = {
                TOP: partial(snapshot, line, self._tally, began),
                HEALTH: partial(ready_soon, inside, readiness),
            }
            await stack.enter_async_context(telling(line.state, facts))
            if self._address is not None:
                routes = self._routes(inside, readiness)
                stack.enter_context(listening(self._address, routes))
            yield own_health_routes(readiness)

    def _routes(self, inside: Inside, readiness: Readiness) -> Sequence[BaseRoute]:
        """What the ops listener tells, and shows."""
        self._registry.register(Gauges(inside, readiness))
        token = self._spec.telemetry.token
        return [
            *health_routes(inside, readiness),
            metrics_route(self._registry, None if token is None else self._host.secrets[token]),
        ]


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
