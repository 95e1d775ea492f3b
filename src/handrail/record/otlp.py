"""Whether spans and measurements are sent to a collector, and to which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from handrail.errors import UsageError
from handrail.spec.server import ServerSpec

if TYPE_CHECKING:  # stands on an extra, and is imported when that is wanted
    from handrail.record.sending import Sending

_VARIABLES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)


def export(spec: ServerSpec) -> Sending | None:
    """The way to the collector that the file names, or the environment; None when neither does.

    Raises `UsageError` when what sends is not installed, or told what it does not understand.
    """
    if spec.telemetry.otlp is None and not any(os.environ.get(name) for name in _VARIABLES):
        return None
    try:
        from handrail.record.sending import Sending

        return Sending(spec)
    except ImportError:
        raise UsageError(
            "traces are to be sent to a collector, and what sends them is not installed",
            hint="pip install 'handrail[otel]'",
        ) from None
    except ValueError as wrong:
        raise UsageError(
            f"traces cannot be sent as the environment says: {wrong}",
            hint="Look at the variables that begin with OTEL_.",
        ) from None
