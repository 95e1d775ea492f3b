"""The trace that a call is part of, whoever began it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in a trace, in lower-case hex (W3C Trace Context).

    `trace_id` has 32 digits and `span_id`, the span that the call is part of, has 16.
    `sampled` says whether whoever began the trace keeps it.
    """

    trace_id: str
    span_id: str
    sampled: bool
