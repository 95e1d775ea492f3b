"""One name for all that a plan would do: what differs in anything has another."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict

from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier

_KEY = secrets.token_bytes(32)


def digest(plan: Plan) -> str:
    """The plan's SHA-256, in hexadecimal.

    A value that holds something hidden goes in by a code whose key dies with this process, so
    that nobody who has the digest can try values out. Such a digest means nothing elsewhere.
    """
    facts = {
        "tool": plan.tool,
        "stages": [[_code(word, plan.hidden) for word in stage.argv] for stage in plan.stages],
        "wrapped": [[str(one.path) for one in stage.wrapped] for stage in plan.stages],
        "cwd": str(plan.cwd),
        "workspace": str(plan.workspace),
        "env": {name: _code(value, plan.hidden) for name, value in plan.env.items()},
        "stdin": _stdin(plan),
        "effect": plan.effect,
        "network": plan.network,
        "access": asdict(plan.access),
        "limits": asdict(plan.limits),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _stdin(plan: Plan) -> object:
    match plan.stdin:
        case None:
            return None
        case Earlier():
            return asdict(plan.stdin)
        case raw:
            return _code(raw.decode("utf-8", "surrogateescape"), plan.hidden)


def _code(text: str, hidden: tuple[str, ...]) -> list[str]:
    if not any(value in text for value in hidden if value):
        return ["plain", text]
    raw = text.encode("utf-8", "surrogateescape")
    return ["hidden", hmac.new(_KEY, raw, "sha256").hexdigest()]
