"""A plan gets a verdict. Judged is the plan, never the arguments: nothing else can run."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.plan.plan import Plan
from handrail.policy.decision import Decision, Ground, Verdict
from handrail.policy.hazards import hazards
from handrail.spec.server import Tier


def judge(plan: Plan, tier: Tier) -> Verdict:
    """The strictest of all grounds; with none, the declaration itself is the permission."""
    grounds = tuple(_grounds(plan, tier))
    return Verdict(max((g.decision for g in grounds), default=Decision.ALLOW), grounds)


def _grounds(plan: Plan, tier: Tier) -> Iterator[Ground]:
    if plan.approval:
        reason = f"{plan.tool} ({plan.effect}) needs a person's approval"
        yield Ground(Decision.ASK, reason, "the tool's approval")
    yield from hazards(plan, tier)
