"""The recorder that makes spans of calls, and one measurement of each, for OpenTelemetry."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from opentelemetry.context import Context
from opentelemetry.metrics import Meter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from handrail.errors import Internal
from handrail.process.outcome import Outcome
from handrail.record.metrics import UNKNOWN
from handrail.record.record import CallRecord, Refused
from handrail.record.trace import Trace

_NANOSECONDS = 1_000_000_000
_LATER_SECONDS = 0.02
"""Until the answer of a call is on its way: making spans takes a while, and nobody waits for it."""
_BOUNDARIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)
"""As the semantic conventions of MCP advise."""
_MEASURED = ("mcp.method.name", "gen_ai.operation.name", "gen_ai.tool.name", "error.type")
Facts = dict[str, str | float]


class Traces:
    """A span for each call, and in it one for each step. What was said is not in them.

    Names are those of the semantic conventions of MCP, where they have one. Of tools, only those
    that are declared are named: callers cannot make more of them.
    """

    is_failing = False

    def __init__(self, tracer: Tracer, meter: Meter, tools: Collection[str]) -> None:
        self._tools = frozenset(tools)
        self._tracer = tracer
        self._ended: list[CallRecord] = []
        self._seconds = meter.create_histogram(
            "mcp.server.operation.duration",
            unit="s",
            description="How long calls took.",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )

    async def begin(self, call: CallRecord) -> None:
        """Nothing: spans are made when all is known."""

    async def end(self, call: CallRecord) -> None:
        """Make the call's spans, soon."""
        if not self._ended:
            asyncio.get_running_loop().call_later(_LATER_SECONDS, self.make)
        self._ended.append(call)

    def make(self) -> None:
        """Make the spans of all calls that have ended."""
        ended, self._ended = self._ended, []
        for call in ended:
            self._make(call)

    def _make(self, call: CallRecord) -> None:
        tool = call.tool if call.tool in self._tools else UNKNOWN
        facts = _facts(call, tool)
        self._make_spans(call, tool, facts)
        told = {name: facts[name] for name in _MEASURED if name in facts}
        self._seconds.record(call.steps.seconds, told)

    def _make_spans(self, call: CallRecord, tool: str, facts: Facts) -> None:
        began = int(call.began.timestamp() * _NANOSECONDS)

        def at(after_seconds: float) -> int:
            return began + int(after_seconds * _NANOSECONDS)

        span = self._tracer.start_span(
            f"call {tool}", _within(call.trace), attributes=facts, start_time=at(0)
        )
        if "error.type" in facts:
            span.set_status(Status(StatusCode.ERROR))
        inside = set_span_in_context(span)
        for lap in call.steps if span.is_recording() else ():
            step = self._tracer.start_span(lap.step.value, inside, start_time=at(lap.after_seconds))
            step.end(at(lap.after_seconds + lap.seconds))
        span.end(at(call.steps.seconds))


def _facts(call: CallRecord, tool: str) -> Facts:
    facts: Facts = {
        "mcp.method.name": "tools/call",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool,
        "handrail.call_id": call.call_id,
    }
    if call.verdict is not None:
        facts["handrail.verdict"] = call.verdict.decision.name.lower()
    match call.end:
        case Refused(code, _):
            facts["error.type"] = code
        case Outcome() as outcome:
            facts["handrail.ending"] = outcome.ending.kind
            facts["handrail.tier"] = outcome.confinement.tier.value
            facts["handrail.spawn_seconds"] = outcome.spawn_seconds
            if not call.ok:
                facts["error.type"] = "tool_error"
        case None:
            facts["error.type"] = Internal.code
    return facts


def _within(trace: Trace | None) -> Context | None:
    if trace is None:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED if trace.sampled else TraceFlags.DEFAULT)
    place = SpanContext(int(trace.trace_id, 16), int(trace.span_id, 16), False, flags)  # noqa: FBT003  # is_remote, which the library takes by place
    return set_span_in_context(NonRecordingSpan(place))
