"""What the policy says of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from handrail.plan.plan import Plan
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision, Ground, Verdict
from handrail.policy.judge import judge
from handrail.spec.rule import RuleSpec
from handrail.spec.server import Tier
from handrail.spec.tool import Effect
from tests.builders import plan, rule


def judged(plan: Plan, rules: Sequence[RuleSpec] = ()) -> Verdict:
    return judge(plan, rules, Tier.RLIMITS, LOCAL)


def test_a_declared_tool_is_allowed() -> None:
    assert judged(plan("/bin/true")) == Verdict(Decision.ALLOW)


def test_a_tool_that_needs_approval_asks() -> None:
    asked = judged(plan("/bin/true", approval=True, effect=Effect.DESTRUCTIVE))
    reason = "t (destructive) needs a person's approval"
    ground = Ground(Decision.ASK, reason, "the tool's approval")
    assert asked == Verdict(Decision.ASK, (ground,))


def test_the_strictest_decision_is_the_largest() -> None:
    assert max(Decision.ASK, Decision.DENY, Decision.ALLOW) is Decision.DENY


def test_a_denial_says_which_rule_the_reason_and_a_way_out() -> None:
    rules = [
        rule("ask", "true"),
        rule("deny", "true", reason="Truth is for people; run false."),
    ]
    verdict = judged(plan("/bin/true"), rules)

    assert verdict.why == "Truth is for people; run false"
    assert verdict.way_out == "That is rule 2 of the server file, about true."
    assert [ground.source for ground in verdict.grounds] == ["rule 1: true", "rule 2: true"]


def test_a_denial_without_a_reason_has_a_way_out_too() -> None:
    verdict = judged(plan("/bin/true"), [rule("deny", "true")])

    assert verdict.why == "a rule of this server denies it"
    assert verdict.way_out == (
        "That is rule 1 of the server file, about true. "
        "Do it another way, or ask the server's owner."
    )


DECISIONS = st.sampled_from(["allow", "ask", "deny"])


@given(st.lists(DECISIONS), st.booleans(), st.randoms())
def test_the_strictest_wins_whatever_the_order(
    decisions: list[str], approval: bool, random: Random
) -> None:
    rules = [rule(decision, "true") for decision in decisions]
    wanted = plan("/bin/true", approval=approval)
    strictest = max(
        (Decision[each.upper()] for each in (*decisions, "ask" if approval else "allow")),
        default=Decision.ALLOW,
    )

    assert judged(wanted, rules).decision is strictest
    random.shuffle(rules)
    assert judged(wanted, rules).decision is strictest


@given(st.lists(DECISIONS), st.integers(0, 10))
def test_a_rule_that_allows_relaxes_nothing(decisions: list[str], place: int) -> None:
    rules = [rule(decision, "true") for decision in decisions]
    before = judged(plan("/bin/true"), rules).decision
    rules.insert(place, rule("allow", "true"))

    assert judged(plan("/bin/true"), rules).decision is before
