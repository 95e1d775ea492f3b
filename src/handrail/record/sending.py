"""Sending spans and measurements to a collector, beside the calls and never in their way.

Threads of the library send them, a few at once, and drop what does not fit in their queue.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.metadata import version
from threading import Thread

import structlog
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

from handrail.record.traces import Traces
from handrail.spec.server import ServerSpec

_LAST_SECONDS = 1.0
"""For what is left at the end; clients kill a server that takes two."""
_log = structlog.stdlib.get_logger("handrail.otlp")


class Sending:
    """The way to a collector, open until closed. `traces` is what calls are recorded with."""

    def __init__(self, spec: ServerSpec) -> None:
        # It would say at every attempt what we say once.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        url, resource = spec.telemetry.otlp, _resource(spec.server.name)
        # At exit, they would wait for their threads half a minute each.
        self._tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._tracers.add_span_processor(BatchSpanProcessor(_Spans(_at(url, "traces"))))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(_at(url, "metrics")))
        self._meters = MeterProvider([reader], resource, shutdown_on_exit=False)
        trace.set_tracer_provider(self._tracers)  # the framework's spans go there, too
        metrics.set_meter_provider(self._meters)
        self.traces = Traces(
            self._tracers.get_tracer("handrail"),
            self._meters.get_meter("handrail"),
            [tool.name for tool in spec.tools],
        )

    def close(self) -> None:
        """Send what there is, for a second at most."""
        # The library's own time limits do not hold against a collector that hangs.
        closing = Thread(target=self._close, name="handrail-otlp", daemon=True)
        closing.start()
        closing.join(_LAST_SECONDS)
        if closing.is_alive():
            _log.warning("the collector did not take the last traces in time; they are dropped")

    def _close(self) -> None:
        self.traces.make()
        self._tracers.shutdown()
        self._meters.shutdown()


class _Spans(OTLPSpanExporter):
    """Says once when the collector goes away, and once when it is back."""

    _away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them, in a thread of the library."""
        result = super().export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self._away:
            _log.error("the collector of traces does not answer; they are dropped meanwhile")
        elif self._away and not failed:
            _log.info("the collector of traces answers again")
        self._away = failed
        return result


def _resource(server: str) -> Resource:
    """Who sends; what the environment says of that (OTEL_RESOURCE_ATTRIBUTES) comes first."""
    own = Resource({"service.name": server, "service.version": version("handrail")})
    return Resource.create().merge(own).merge(OTELResourceDetector().detect())


def _at(url: str | None, signal: str) -> str | None:
    return None if url is None else f"{url.rstrip('/')}/v1/{signal}"
