"""What the console tells of calls: of many a little, of one all that may be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from handrail.call import Line
from handrail.errors import NotFound
from handrail.mcp.clean import clean, whole_end
from handrail.process.outcome import Exited, Outcome
from handrail.record.audit import facts
from handrail.record.command_line import command_line
from handrail.record.recent import Ended, Recent
from handrail.record.record import CallRecord, Refused

_TAIL_BYTES = 32_768
Facts = dict[str, Any]


def row(call: CallRecord) -> Facts:
    """A call that has ended, on one line."""
    return {
        "call_id": call.call_id,
        "tool": call.tool,
        "caller": call.caller.name,
        "began": call.began.isoformat(),
        "verdict": None if call.verdict is None else call.verdict.decision.name.lower(),
        "ending": _ending(call),
        "code": _code(call),
        "result": _result(call),
        "seconds": call.steps.seconds,
        "command": "" if call.plan is None else command_line(call.plan),
    }


def whole(call_id: str, line: Line, recent: Recent) -> Facts | None:
    """All of one call: its plan, its verdict, its end, and the last that it said.

    None when no such call is in flight, or remembered.
    """
    flight = next((one for one in line.traffic.flights if one.call_id == call_id), None)
    found = recent.find(call_id)
    if flight is not None:
        told = {} if not isinstance(found, CallRecord) else _record(found)
        running = {"tool": flight.tool, "caller": flight.caller, "stage": flight.stage.value}
        return {"call_id": call_id, **running, **told, "output": _output(flight.tails(_TAIL_BYTES))}
    if isinstance(found, Ended):
        return {**_record(found.record), **_end(found), "output": _kept(found, line)}
    return None


def _record(call: CallRecord) -> Facts:
    """What is in the audit, too; it is covered alike."""
    planned = {} if call.plan is None else {"plan": facts.planned(call.plan)}
    command = "" if call.plan is None else command_line(call.plan)
    laps = [{"step": lap.step.value, "seconds": lap.seconds} for lap in call.steps]
    seconds = call.steps.seconds
    return {
        **facts.who(call, None),
        "command": command,
        **planned,
        **facts.judged(call),
        "seconds": seconds,
        "steps": laps,
    }


def _end(ended: Ended) -> Facts:
    call = ended.record
    told = {"ending": _ending(call), "result": _result(call)}
    match call.end:
        case Refused():
            return {**told, **facts.ended(call, {})}
        case Outcome() as outcome:
            return {
                **told,
                "end": asdict(outcome.ending),
                "cpu_seconds": outcome.cpu_seconds,
                "max_rss_bytes": outcome.max_rss_bytes,
                "tier": outcome.confinement.tier.value,
                "network": outcome.confinement.network,
                "note": outcome.note,
                "denials": [asdict(denial) for denial in outcome.denials],
            }
        case None:
            return told


def _output(tails: Mapping[str, tuple[int, bytes]]) -> Facts:
    return {
        stream: {"bytes": size, "text": clean(whole_end(tail)).text}
        for stream, (size, tail) in tails.items()
    }


def _kept(ended: Ended, line: Line) -> Facts:
    """The last that it said; of what has made room for others, only how much it was."""
    call = ended.record
    told: Facts = {stream: {"bytes": size} for stream, size in ended.sizes.items()}
    for stream, size in ended.sizes.items():
        try:
            output = line.outputs.find(call.caller.name, call.call_id, stream)
        except NotFound:
            continue
        tail = output.read(max(0, size - _TAIL_BYTES), _TAIL_BYTES)
        told[stream]["text"] = clean(whole_end(tail)).text
    return told


def _ending(call: CallRecord) -> str | None:
    match call.end:
        case Outcome() as outcome:
            return outcome.ending.kind
        case Refused(code, _):
            return code
        case None:
            return None


def _code(call: CallRecord) -> int | None:
    ending = call.end.ending if isinstance(call.end, Outcome) else None
    return ending.code if isinstance(ending, Exited) else None


def _result(call: CallRecord) -> str:
    if isinstance(call.end, Outcome):
        return "ok" if call.ok else "failed"
    return "refused"
