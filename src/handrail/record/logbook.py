"""The recorder that writes each call to the log."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from handrail.plan.plan import Plan
from handrail.process.outcome import Outcome
from handrail.record.record import CallRecord, Refused
from handrail.record.redact import redact, redact_words

_log = structlog.stdlib.get_logger("handrail.call")


class Logbook:
    """One log line for each call; secrets are covered."""

    is_failing = False

    async def begin(self, call: CallRecord) -> None:
        """Nothing: the line is written at the end."""

    async def end(self, call: CallRecord) -> None:
        """Write the line: `call` at level info, or warning when it was refused."""
        facts: dict[str, object] = {
            "call_id": call.call_id,
            "caller": redact(call.caller.name),
            "tool": call.tool,
        }
        if call.trace is not None:
            facts["trace_id"] = call.trace.trace_id
        if call.plan is not None:
            facts |= _commands(call.plan)
        if call.verdict is not None:
            facts["verdict"] = call.verdict.decision.name.lower()
        if call.approval is not None:
            facts["approved_by"] = call.approval.by
            facts["approved_at"] = call.approval.at.isoformat()
        match call.end:
            case Refused(code, message):
                _log.warning("call", **facts, error=code, message=redact(message))
            case None:
                _log.error("call", **facts, error="unknown")
            case Outcome() as outcome:
                _log.info("call", **facts, **_facts(outcome))


def _commands(plan: Plan) -> dict[str, object]:
    """The `argv` that was planned, or those of a `pipe`."""
    argvs = [redact_words(stage.argv, plan.hidden) for stage in plan.stages]
    return {"pipe": argvs} if len(argvs) > 1 else {"argv": argvs[0]}


def _facts(outcome: Outcome) -> dict[str, object]:
    return {
        "ending": outcome.ending.kind,
        **asdict(outcome.ending),
        "seconds": round(outcome.seconds, 4),
        "cpu_seconds": round(outcome.cpu_seconds, 4),
        "stdout_bytes": outcome.stdout.size,
        "stderr_bytes": outcome.stderr.size,
        "tier": outcome.confinement.tier.value,
    }
