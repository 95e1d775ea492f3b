"""What is written down of a call: enough to say who did what, and nothing that is secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from handrail.plan import files
from handrail.plan.access import Access
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier
from handrail.policy.decision import Verdict
from handrail.process.outcome import Outcome
from handrail.record.audit.shorten import Room, shorten
from handrail.record.record import CallRecord, Refused
from handrail.record.redact import redact, redact_words

Facts = dict[str, Any]
_limits = attrgetter(*Limits.__slots__)


def line(kind: str, server: str, facts: Mapping[str, Any]) -> str:
    """One line of the audit, but for what chains it: JSON in ASCII."""
    always = {"kind": kind, "time": _time(datetime.now(UTC)), "server": server}
    return json.dumps({**always, **facts}, separators=(",", ":"))


def who(call: CallRecord, effect: str | None) -> Facts:
    """The call by its name, its caller and its tool."""
    facts: Facts = {"call_id": call.call_id, "caller": shorten(redact(call.caller.name))}
    if call.caller.roles:
        facts["roles"] = [shorten(role) for role in sorted(call.caller.roles)]
    facts["tool"] = shorten(call.tool)
    if effect is not None:
        facts["effect"] = effect
    if call.trace is not None:
        facts["trace_id"] = call.trace.trace_id
    facts["began"] = _time(call.began)
    return facts


def planned(plan: Plan) -> Facts:
    """What would be done."""
    facts = _work(plan) if plan.stages[0].work else _commands(plan)
    facts["cwd"] = shorten(redact(str(plan.cwd), plan.hidden))
    return facts


def judged(call: CallRecord) -> Facts:
    """The verdict with what it rests on, and a person's word for it."""
    facts: Facts = {}
    if call.verdict is not None:
        hidden = () if call.plan is None else call.plan.hidden
        facts["verdict"] = _verdict(call.verdict, hidden)
    if call.approval is not None:
        by, at = shorten(redact(call.approval.by)), _time(call.approval.at)
        facts["approval"] = {"by": by, "at": at}
    return facts


def ended(call: CallRecord, digests: Mapping[str, str | None]) -> Facts:
    """How it ended and what it used; of its output, sizes and `digests`."""
    match call.end:
        case Outcome() as outcome:
            return _used(outcome, digests)
        case Refused(code, message):
            hidden = () if call.plan is None else call.plan.hidden
            # What a fault of ours says may be anything; its type is known to be harmless.
            return {"error": {"code": code, "message": shorten(redact(message, hidden))}}
        case None:
            return {"error": {"code": "unknown", "message": "its end is not known"}}


def digest(plan: Plan, key: bytes) -> str:
    """One name for all that a plan would do: HMAC-SHA256 with the audit's key, in hexadecimal.

    Hidden values are part of it, and who has not the key cannot try out what they might be.
    """
    facts = [
        plan.tool,
        [[stage.argv, [str(one.path) for one in stage.wrapped]] for stage in plan.stages],
        [str(plan.cwd), str(plan.workspace), plan.effect, plan.network],
        sorted(plan.env.items()),
        _trees(plan.access),
        _limits(plan.limits),
        asdict(plan.stdin) if isinstance(plan.stdin, Earlier) else None,
    ]
    named = hmac.new(key, json.dumps(facts).encode("ascii"), "sha256")
    if isinstance(plan.stdin, bytes):
        named.update(b"\0" + plan.stdin)
    return named.hexdigest()


def _trees(access: Access) -> list[str]:
    trees = (access.readable, access.executable, access.writable, access.kept, access.hidden)
    return ["\0".join(map(str, each)) for each in trees]


def _commands(plan: Plan) -> Facts:
    room = Room()
    argvs = [room.words(redact_words(stage.argv, plan.hidden)) for stage in plan.stages]
    facts: Facts = {"pipe": argvs} if len(argvs) > 1 else {"argv": argvs[0]}
    match plan.stdin:
        case Earlier():
            facts["stdin"] = asdict(plan.stdin)
        case bytes() as given:
            facts["stdin"] = {"bytes": len(given)}
        case None:
            pass
    return facts


def _work(plan: Plan) -> Facts:
    """Work of ours on files: the operation and its arguments; of texts, sizes and digests."""
    _, operation, *words = plan.argv
    facts: Facts = {
        "files": operation,
        "arguments": Room().words(redact_words(words, plan.hidden)),
    }
    given = files.texts(plan.stdin) if isinstance(plan.stdin, bytes) else {}
    if given:
        facts["texts"] = {
            name: _size(one.encode("utf-8", "surrogatepass")) for name, one in given.items()
        }
    return facts


def _verdict(verdict: Verdict, hidden: tuple[str, ...]) -> Facts:
    grounds = [
        {
            "decision": ground.decision.name.lower(),
            "source": shorten(ground.source),
            "reason": shorten(redact(ground.reason, hidden)),
        }
        for ground in verdict.grounds
    ]
    return {"decision": verdict.decision.name.lower(), "rules": grounds}


def _used(outcome: Outcome, digests: Mapping[str, str | None]) -> Facts:
    facts: Facts = {
        "ending": {"kind": outcome.ending.kind, **asdict(outcome.ending)},
        "seconds": round(outcome.seconds, 4),
        "cpu_seconds": round(outcome.cpu_seconds, 4),
        "max_rss_bytes": outcome.max_rss_bytes,
    }
    if outcome.value is not None:
        facts["value"] = _size(json.dumps(outcome.value, default=str).encode())
        return facts
    facts["stdout"] = {"bytes": outcome.stdout.size, "sha256": digests.get("stdout")}
    facts["stderr"] = {"bytes": outcome.stderr.size, "sha256": digests.get("stderr")}
    return facts


def _size(raw: bytes) -> Facts:
    return {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
