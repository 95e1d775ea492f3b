"""What the policy says of a plan."""

from __future__ import annotations

from handrail.policy.decision import Decision, Ground, Verdict
from handrail.policy.judge import judge
from handrail.spec.server import Tier
from handrail.spec.tool import Effect
from tests.builders import plan


def test_a_declared_tool_is_allowed() -> None:
    assert judge(plan("/bin/true"), Tier.RLIMITS) == Verdict(Decision.ALLOW)


def test_a_tool_that_needs_approval_asks() -> None:
    asked = judge(plan("/bin/true", approval=True, effect=Effect.DESTRUCTIVE), Tier.RLIMITS)
    reason = "t (destructive) needs a person's approval"
    ground = Ground(Decision.ASK, reason, "the tool's approval")
    assert asked == Verdict(Decision.ASK, (ground,))


def test_the_strictest_decision_is_the_largest() -> None:
    assert max(Decision.ASK, Decision.DENY, Decision.ALLOW) is Decision.DENY
