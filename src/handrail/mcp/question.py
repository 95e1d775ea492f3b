"""A question as a person reads it: exactly what would be done, and nothing that can mislead."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from handrail.mcp.visible import visible
from handrail.plan.files import texts
from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier, Stage
from handrail.policy.question import Question
from handrail.process.mask import cover

_FIRST, _LAST = 30, 10
_INDENT = "    "


def tell(question: Question) -> str:
    """The whole text: some 20 KB at most for each command in it. Hidden values are covered."""
    plan = question.plan
    lines = [
        f"May {plan.tool} do this, exactly and once?",
        "",
        *_commands(plan),
        "",
        f"folder: {visible(str(plan.cwd))}",
        f"effect: {plan.effect}",
        f"network: {'asked for' if plan.network else 'not asked for'}",
        *(f"input: {told}" for told in _input(plan)),
        f"why: {question.verdict.why}",
    ]
    return "\n".join(lines)


def _commands(plan: Plan) -> Iterator[str]:
    for number, stage in enumerate(plan.stages):
        yield f"{_INDENT}{'| ' if number else ''}{_command(stage, plan.hidden)}"


def _command(stage: Stage, hidden: Sequence[str]) -> str:
    argv = (stage.program.name, *stage.argv[1:]) if stage.work else stage.argv
    words = [cover(word, hidden) for word in argv]
    if len(words) <= _FIRST + _LAST:
        return " ".join(map(visible, words))
    left_out = words[_FIRST:-_LAST]
    code = hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()
    about = f"[{len(left_out):,} of {len(words):,} words are left out; SHA-256 of all {code}]"
    return " ".join([*map(visible, words[:_FIRST]), about, *map(visible, words[-_LAST:])])


def _input(plan: Plan) -> Iterator[str]:
    if plan.stages[0].work and isinstance(plan.stdin, bytes):
        for name, value in texts(plan.stdin).items():
            yield f"{name} = {visible(cover(value, plan.hidden))}"
        return
    match plan.stdin:
        case None:
            return
        case Earlier(call_id, stream):
            yield f"{stream} of the earlier call {visible(call_id)}"
        case raw:
            yield visible(cover(raw.decode("utf-8", "surrogateescape"), plan.hidden))
