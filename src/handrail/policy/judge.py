"""A plan gets a verdict. Judged is the plan, never the arguments: nothing else can run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail.plan.plan import Plan
from handrail.policy.caller import Caller
from handrail.policy.decision import Decision, Ground, Verdict
from handrail.policy.hazards import hazards
from handrail.policy.rules import rule_grounds
from handrail.spec.rule import RuleSpec
from handrail.spec.server import Tier


def judge(plan: Plan, rules: Sequence[RuleSpec], tier: Tier, caller: Caller) -> Verdict:
    """The strictest of all grounds; with none, the declaration itself is the permission."""
    grounds = (*rule_grounds(plan, rules, caller), *_approval(plan), *hazards(plan, tier))
    return Verdict(max((g.decision for g in grounds), default=Decision.ALLOW), grounds)


def _approval(plan: Plan) -> Iterator[Ground]:
    if plan.approval:
        reason = f"{plan.tool} ({plan.effect}) needs a person's approval"
        yield Ground(Decision.ASK, reason, "the tool's approval")
