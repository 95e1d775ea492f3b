"""Which rules match a plan. A rule is evidence: it can make a verdict stricter, and no laxer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handrail.plan.plan import Plan
from handrail.plan.stage import Stage
from handrail.policy.caller import Caller
from handrail.policy.decision import Decision, Ground
from handrail.profiles.command import Command, commands
from handrail.spec.element import Condition, fits
from handrail.spec.rule import RuleSpec
from handrail.spec.values import Value

_DECISIONS = {"allow": Decision.ALLOW, "ask": Decision.ASK, "deny": Decision.DENY}
_REASONS = {
    Decision.ALLOW: "a rule of this server allows it",
    Decision.ASK: "a rule of this server wants a person's approval",
    Decision.DENY: "a rule of this server denies it",
}


def rule_grounds(plan: Plan, rules: Sequence[RuleSpec], caller: Caller) -> Iterator[Ground]:
    """A ground for every rule that matches the plan, in their order."""
    every = [command for stage in plan.stages for command in _commands(stage)]
    for number, rule in enumerate(rules, start=1):
        if _applies(rule, plan, caller) and any(command.matches(rule) for command in every):
            yield _ground(number, rule)


def _commands(stage: Stage) -> Iterator[Command]:
    """The stage as it was asked for, without what its profile adds, and what is inside it."""
    words = stage.words if stage.reading is None else (stage.program.name, *stage.reading.words)
    return commands(words, stage.reading)


def _applies(rule: RuleSpec, plan: Plan, caller: Caller) -> bool:
    return (
        rule.is_about(plan.tool)
        and (not rule.caller or fits(rule.caller, caller.name))
        and (not rule.role or any(fits(rule.role, role) for role in caller.roles))
        and _hold(rule.params, plan.arguments)
    )


def _hold(params: Mapping[str, Condition], arguments: Mapping[str, tuple[Value, ...]]) -> bool:
    return all(
        any(fits(said, value) for value in arguments.get(name, ())) for name, said in params.items()
    )


def _ground(number: int, rule: RuleSpec) -> Ground:
    decision = _DECISIONS[rule.decision]
    hint = f"That is rule {number} of the server file, about {rule.summary}."
    if rule.reason is None:
        hint += " Do it another way, or ask the server's owner."
    reason = rule.reason or _REASONS[decision]
    return Ground(decision, reason, f"rule {number}: {rule.summary}", hint)
