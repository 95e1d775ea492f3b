"""A collector of traces and measurements: OTLP over HTTP, as a server sends them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """Keeps what it is sent; with another `status` than 200, it takes nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.measured: set[str] = set()
        self.tools: set[str] = set()
        self.status = 200

    def take(self, path: str, body: bytes) -> None:
        """Take one request."""
        if path.endswith("/traces"):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for fact in resource.resource.attributes:
                    if fact.key == "service.name":
                        self.services.add(fact.value.string_value)
                self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        else:
            for numbers in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for metric in (one for scope in numbers.scope_metrics for one in scope.metrics):
                    self.measured.add(metric.name)
                    self.tools |= _tools(metric)

    def with_id(self, span_id: bytes) -> Span:
        """The span with that id."""
        (span,) = [span for span in self.spans if span.span_id == span_id]
        return span

    def named(self, name: str) -> Span:
        """The one span of that name."""
        (span,) = [span for span in self.spans if span.name == name]
        return span

    def below(self, parent: Span) -> list[Span]:
        """The spans that are part of one, as they began."""
        inside = [span for span in self.spans if span.parent_span_id == parent.span_id]
        return sorted(inside, key=lambda span: span.start_time_unix_nano)


def _tools(metric: Metric) -> set[str]:
    """The tools that were measured."""
    return {
        fact.value.string_value
        for point in metric.histogram.data_points
        for fact in point.attributes
        if fact.key == "gen_ai.tool.name"
    }


@contextmanager
def collecting(host: str = "127.0.0.1") -> Iterator[Collector]:
    """A collector on a port of its own."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library calls it so
            body = self.rfile.read(int(self.headers["content-length"]))
            if collector.status == 200:
                collector.take(self.path, body)
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((host, 0), Taking) as server:
        collector = Collector(f"http://{host}:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
