"""A verdict tells what made it, and what to do about it."""

from __future__ import annotations

from handrail.policy.decision import Decision, Ground, Verdict


def test_only_the_grounds_that_made_it_are_told() -> None:
    verdict = Verdict(
        Decision.DENY,
        (
            Ground(Decision.ASK, "it needs a person", hint="Ask one."),
            Ground(Decision.DENY, "It is not allowed.", hint="Do something else."),
            Ground(Decision.DENY, "it would write", hint="Do something else."),
        ),
    )

    assert verdict.why == "It is not allowed; it would write"
    assert verdict.way_out == "Do something else."


def test_without_grounds_there_is_nothing_to_tell() -> None:
    assert Verdict(Decision.ALLOW).why == ""
    assert Verdict(Decision.ALLOW).way_out is None


def test_of_many_grounds_a_few_are_told() -> None:
    grounds = tuple(Ground(Decision.DENY, f"reason {n}", hint=f"Do {n}.") for n in range(100))
    verdict = Verdict(Decision.DENY, grounds)

    assert verdict.why == "reason 0; reason 1; reason 2; and 97 more"
    assert verdict.way_out == "Do 0. Do 1. Do 2."
