"""The trace that a request is part of, as its client began it, or the framework."""

from __future__ import annotations

from opentelemetry.trace import get_current_span

from handrail.record.trace import Trace


def current_trace() -> Trace | None:
    """Where in its trace a request is; None when nobody began one (W3C Trace Context)."""
    place = get_current_span().get_span_context()
    if not place.is_valid:
        return None
    return Trace(f"{place.trace_id:032x}", f"{place.span_id:016x}", place.trace_flags.sampled)
