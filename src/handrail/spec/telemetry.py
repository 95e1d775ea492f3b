"""What a server tells those who run it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from handrail.spec.auth import Url
from handrail.spec.model import Table
from handrail.spec.names import Named

Address = Annotated[str, Named(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}", "not HOST:PORT")]


class TelemetryTable(Table):
    """Where health, metrics and the console are, and where traces go."""

    ops: Address | None = None
    """Where to tell health and metrics, and to show the console: `"127.0.0.1:9464"`."""
    token: str | None = Field(default=None, min_length=1)
    """The entry of `[secrets]` that opens the console and the metrics. Unset, metrics are open,
    and the console is opened by a token that the server makes; `handrail console` tells it."""
    otlp: Url | None = None
    """The collector that traces and metrics are sent to, over OTLP/HTTP; when unset, the one that
    OTEL_EXPORTER_OTLP_ENDPOINT names, or none."""
