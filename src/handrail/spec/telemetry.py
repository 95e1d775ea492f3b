"""What a server tells those who run it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from handrail.spec.auth import Url
from handrail.spec.model import Table
from handrail.spec.names import Named

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)"
_PORT = r"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})"
Address = Annotated[str, Named(f"{_HOST}:{_PORT}", "not HOST:PORT")]


class TelemetryTable(Table):
    """Where health and metrics are told, and where traces go."""

    ops: Address | None = None
    """Where to tell health and metrics, and show the console: `"127.0.0.1:9464"`."""
    token: str | None = Field(default=None, min_length=1)
    """The entry of `[secrets]` that opens metrics and console; unset, metrics are open, and
    `handrail console` tells what opens the console."""
    otlp: Url | None = None
    """The collector that traces and metrics are sent to, over OTLP/HTTP; when unset, the one that
    OTEL_EXPORTER_OTLP_ENDPOINT names, or none."""
