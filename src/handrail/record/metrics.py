"""The recorder that counts and times calls, for Prometheus."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from prometheus_client import CollectorRegistry, Counter, Histogram

from handrail.process.outcome import Outcome
from handrail.record.record import CallRecord, Refused
from handrail.record.steps import Step

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_BYTES = tuple(4**power * 1024 for power in range(1, 11))
UNKNOWN = "unknown"


class Metrics:
    """Counters and histograms of calls.

    Labels are of the server's making: whatever callers do, there are no more of them. Names of
    callers, arguments and paths are not among them.
    """

    is_failing = False

    def __init__(self, registry: CollectorRegistry, tools: Collection[str]) -> None:
        self._tools = frozenset(tools)
        self._calls = Counter(
            "handrail_calls",
            "Calls: ok, failed or refused; how they were judged, and how they ended.",
            ("tool", "verdict", "ending", "result"),
            registry=registry,
        )
        self._seconds = Histogram(
            "handrail_call_seconds",
            "How long calls took, from their arguments to their answer.",
            ("tool",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._step_seconds = Histogram(
            "handrail_step_seconds",
            "How long each step of a call took.",
            ("step",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._cpu = Counter(
            "handrail_command_cpu_seconds",
            "Processor time of commands.",
            ("tool",),
            registry=registry,
        )
        self._memory = Histogram(
            "handrail_command_memory_bytes",
            "The most memory that the processes of a call held.",
            buckets=_BYTES,
            registry=registry,
        )
        self._output = Counter(
            "handrail_command_output_bytes",
            "What commands said, on both streams.",
            ("tool",),
            registry=registry,
        )
        self._written = Counter(
            "handrail_command_written_bytes",
            "What commands wrote to files on disks.",
            ("tool",),
            registry=registry,
        )

    async def begin(self, call: CallRecord) -> None:
        """Nothing: calls are counted when they have ended."""

    async def end(self, call: CallRecord) -> None:
        """Count and time it."""
        tool = call.tool if call.tool in self._tools else UNKNOWN
        self._calls.labels(tool, _verdict(call), _ending(call), _result(call)).inc()
        self._seconds.labels(tool).observe(call.steps.seconds)
        outcome = call.end if isinstance(call.end, Outcome) else None
        spawn_seconds = 0.0 if outcome is None else outcome.spawn_seconds
        for lap in call.steps:
            if lap.step is Step.RUN and outcome is not None:
                self._step_seconds.labels("spawn").observe(spawn_seconds)
                self._step_seconds.labels("run").observe(max(0.0, lap.seconds - spawn_seconds))
            else:
                self._step_seconds.labels(lap.step.value).observe(lap.seconds)
        if outcome is not None:
            self._cost(tool, outcome)

    def _cost(self, tool: str, outcome: Outcome) -> None:
        self._cpu.labels(tool).inc(outcome.cpu_seconds)
        self._memory.observe(outcome.max_rss_bytes)
        self._output.labels(tool).inc(outcome.stdout.size + outcome.stderr.size)
        self._written.labels(tool).inc(outcome.written_bytes)


def _verdict(call: CallRecord) -> str:
    return "none" if call.verdict is None else call.verdict.decision.name.lower()


def _result(call: CallRecord) -> str:
    if isinstance(call.end, Outcome):
        return "ok" if call.ok else "failed"
    return "refused"


def _ending(call: CallRecord) -> str:
    """How it ended; of what was refused, the published code."""
    match call.end:
        case Outcome() as outcome:
            return outcome.ending.kind
        case Refused(code, _):
            return code
        case None:
            return UNKNOWN
        case other:
            assert_never(other)
