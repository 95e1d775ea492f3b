"""A plan as data: what would be done, without any value that must not be shown."""

from __future__ import annotations

from typing import Any

from handrail.plan.plan import Plan
from handrail.policy.decision import Verdict
from handrail.process.mask import cover
from handrail.sandbox.confine import ConfinedPlan


def facts(verdict: Verdict, confined: ConfinedPlan) -> dict[str, Any]:
    """The plan, what the policy says of it, and what would hold it. Variables are names alone."""
    held = confined.confinement
    return {
        **_planned(confined.plan),
        "verdict": _judged(verdict),
        "confinement": {"tier": held.tier.value, "network": held.network},
        "limits": _limits(confined.plan),
    }


def _planned(plan: Plan) -> dict[str, Any]:
    argvs = [[cover(word, plan.hidden) for word in stage.argv] for stage in plan.stages]
    return {
        "tool": plan.tool,
        "effect": plan.effect.value,
        "program": str(plan.program.path),
        **({"argv": argvs[0]} if len(argvs) == 1 else {"pipe": argvs}),
        "cwd": str(plan.cwd),
        "env": sorted(plan.env),
        "stdin_bytes": len(plan.stdin) if isinstance(plan.stdin, bytes) else 0,
    }


def _judged(verdict: Verdict) -> dict[str, Any]:
    grounds = [
        {"decision": one.decision.name.lower(), "reason": one.reason, "source": one.source}
        for one in verdict.grounds
    ]
    return {"decision": verdict.decision.name.lower(), "grounds": grounds}


def _limits(plan: Plan) -> dict[str, Any]:
    limits = plan.limits
    return {
        "wall_seconds": limits.wall_seconds,
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "pids": limits.pids,
        "output_bytes": limits.output_bytes,
        "spool_bytes": limits.spool_bytes,
    }
