"""Sending spans and measurements to a collector, beside the calls and never in their way."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from handrail.errors import UsageError
from handrail.record.traces import Traces
from handrail.spec.server import ServerSpec

if TYPE_CHECKING:  # an extra, imported when it is wanted
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_PATIENCE_SECONDS = 2.0
_log = structlog.stdlib.get_logger("handrail.otlp")


class Export:
    """The way to a collector. `traces` is what calls are recorded with."""

    def __init__(self, tracers: TracerProvider, meters: MeterProvider) -> None:
        self._tracers, self._meters = tracers, meters
        self.traces = Traces(tracers.get_tracer("handrail"), meters.get_meter("handrail"))

    def close(self) -> None:
        """Send what there is, for a few seconds at most."""
        milliseconds = int(_PATIENCE_SECONDS * 1000)
        self._tracers.force_flush(milliseconds)
        self._tracers.shutdown()
        self._meters.shutdown(milliseconds)


def export(spec: ServerSpec) -> Export | None:
    """The way to the collector that the file names, or the environment; None when neither does.

    Raises `UsageError` when what sends is not installed.
    """
    url = spec.telemetry.otlp
    if url is None and not any(os.environ.get(name) for name in _VARIABLES):
        return None
    try:
        from opentelemetry import metrics, trace
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise UsageError(
            "traces are to be sent to a collector, and what sends them is not installed",
            hint="pip install 'handrail[otel]'",
        ) from None
    # It would say at every attempt what we say once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    resource = Resource.create(
        {"service.name": spec.server.name, "service.version": version("handrail")}
    )
    spans = OTLPSpanExporter(_at(url, "traces"), timeout=_PATIENCE_SECONDS)
    numbers = OTLPMetricExporter(_at(url, "metrics"), timeout=_PATIENCE_SECONDS)
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(_saying_once(spans)))
    meters = MeterProvider([PeriodicExportingMetricReader(numbers)], resource)
    trace.set_tracer_provider(tracers)  # the framework's spans go there, too
    metrics.set_meter_provider(meters)
    return Export(tracers, meters)


def _at(url: str | None, signal: str) -> str | None:
    return None if url is None else f"{url.rstrip('/')}/v1/{signal}"


def _saying_once(exporter: SpanExporter) -> SpanExporter:
    """The exporter, saying once when its collector goes away, and once when it is back."""
    from opentelemetry.sdk.trace.export import SpanExportResult

    send = exporter.export
    away = False

    def sending(spans: Sequence[ReadableSpan]) -> SpanExportResult:
        nonlocal away
        result = send(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not away:
            _log.error("the collector of traces does not answer; they are dropped meanwhile")
        elif away and not failed:
            _log.info("the collector of traces answers again")
        away = failed
        return result

    exporter.export = sending  # type: ignore[method-assign]  # one method more than a class is worth
    return exporter
