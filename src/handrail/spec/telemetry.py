"""What a server tells those who run it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from handrail.spec.auth import Url
from handrail.spec.model import Table
from handrail.spec.names import Named

Address = Annotated[str, Named(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}", "not HOST:PORT")]


class TelemetryTable(Table):
    """Where health and metrics are told, and where traces go."""

    ops: Address | None = None
    """Where to tell health and metrics: `"127.0.0.1:9464"`."""
    token: str | None = Field(default=None, min_length=1)
    """The entry of `[secrets]` that opens the metrics; unset, they are open."""
    otlp: Url | None = None
    """The collector that traces and metrics are sent to, over OTLP/HTTP; when unset, the one that
    OTEL_EXPORTER_OTLP_ENDPOINT names, or none."""
