"""A plan gets a verdict. Judged is the plan, never the arguments: nothing else can run."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.plan.plan import Plan
from handrail.policy.decision import Decision, Ground, Verdict


def judge(plan: Plan) -> Verdict:
    """The strictest of all grounds; with none, the declaration itself is the permission."""
    grounds = tuple(_grounds(plan))
    return Verdict(max((g.decision for g in grounds), default=Decision.ALLOW), grounds)


def _grounds(plan: Plan) -> Iterator[Ground]:
    if plan.approval:
        yield Ground(Decision.ASK, f"{plan.tool} ({plan.effect}) needs a person's approval")
