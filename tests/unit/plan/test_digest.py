"""What a person approved is what runs: a plan that differs in anything has another digest."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

from handrail.plan.digest import digest
from handrail.plan.plan import Plan
from handrail.plan.program import Program
from handrail.plan.stage import Earlier, Stage
from handrail.spec.tool import Effect
from tests.builders import plan

PLAN = plan("/bin/echo", "a", "b")
TRUE = Program.at("true", Path("/bin/true"))

OTHERS: dict[str, list[Plan]] = {
    "tool": [replace(PLAN, tool="u")],
    "stages": [
        plan("/bin/echo", "a", "c"),
        plan("/bin/echo", "a b"),
        plan("/bin/echo", "b", "a"),
        plan("/bin/echo", "a", "b", ""),
        plan("/bin/echo", "a", "b\udc80"),
        plan("/bin/true", "a", "b"),
        replace(PLAN, stages=PLAN.stages * 2),
        replace(PLAN, stages=(replace(PLAN.stages[0], wrapped=(TRUE,)),)),
        replace(PLAN, stages=(Stage(TRUE, ("/bin/echo",)), Stage(TRUE, ("a", "b")))),
    ],
    "cwd": [replace(PLAN, cwd=Path("/usr"))],
    "workspace": [replace(PLAN, workspace=Path("/usr"))],
    "env": [
        replace(PLAN, env={**PLAN.env, "NEW": ""}),
        replace(PLAN, env={**PLAN.env, "TERM": "x"}),
    ],
    "stdin": [
        replace(PLAN, stdin=b""),
        replace(PLAN, stdin=b"a"),
        replace(PLAN, stdin=Earlier("a")),
        replace(PLAN, stdin=Earlier("a", "stderr")),
    ],
    "effect": [replace(PLAN, effect=Effect.DESTRUCTIVE)],
    "network": [replace(PLAN, network=True)],
    "access": [replace(PLAN, access=replace(PLAN.access, writable=(Path("/usr"),)))],
    "limits": [replace(PLAN, limits=replace(PLAN.limits, wall_seconds=1.0))],
}


def test_every_difference_makes_another_digest() -> None:
    plans = [PLAN, *(other for others in OTHERS.values() for other in others)]

    assert len({digest(one) for one in plans}) == len(plans)


def test_every_part_of_a_plan_is_in_its_digest() -> None:
    judged_or_covered = {"acknowledged", "approval", "arguments", "free", "hidden"}
    assert {part.name for part in fields(Plan)} - set(OTHERS) <= judged_or_covered


def elsewhere(*plans: str) -> list[str]:
    """The digests of plans in another process."""
    script = "from tests.builders import plan; from handrail.plan.digest import digest\n"
    script += "".join(f"print(digest({one}))\n" for one in plans)
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_without_hidden_values_a_digest_is_the_same_everywhere() -> None:
    assert elsewhere("plan('/bin/echo', 'a', 'b')") == [digest(PLAN)]


def test_a_hidden_value_cannot_be_tried_out() -> None:
    """Whoever knows all of a plan but the key finds another digest for the right guess."""
    guesses = elsewhere(
        "plan('/bin/true', hidden=('secret',), env={'TOKEN': 'secret'})",
        "plan('/bin/true', hidden=('secret',), stdin=b'password: secret')",
        "plan('/bin/true', '--as=secret', hidden=('secret',))",
    )
    digests = [
        digest(plan("/bin/true", hidden=("secret",), env={"TOKEN": "secret"})),
        digest(plan("/bin/true", hidden=("secret",), stdin=b"password: secret")),
        digest(plan("/bin/true", "--as=secret", hidden=("secret",))),
    ]

    assert len({*guesses, *digests}) == 6


def test_another_hidden_value_makes_another_digest() -> None:
    one = plan("/bin/true", "--as=secret", hidden=("secret",))
    other = plan("/bin/true", "--as=public", hidden=("public",))

    assert digest(one) == digest(replace(one))
    assert digest(one) != digest(other)
