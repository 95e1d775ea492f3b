"""`handrail explain`: what a call would do, without doing it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from handrail.cli import streams
from handrail.cli.arguments import parse_arguments
from handrail.cli.opening import open_file
from handrail.cli.options import AsJson
from handrail.errors import CallError
from handrail.mcp import prose
from handrail.plan.plan import Plan, build_plan
from handrail.policy.decision import Verdict
from handrail.policy.judge import judge
from handrail.process.mask import cover
from handrail.sandbox.confine import Confinement, choose, confine


def explain(
    tool: str,
    *arguments: str,
    file: Path | None = None,
    json_: AsJson = False,
) -> int:
    """Show what a call of TOOL would do: its plan, the verdict, the confinement. Runs nothing.

    Parameters
    ----------
    tool
        The tool's name.
    arguments
        NAME=VALUE; give a repeated param once for each item.
    file
        The server file; handrail.toml here or in the nearest parent when left out.
    json_
        Print it as JSON.
    """
    opened = open_file(file)
    spec = opened.tool(tool)
    tier = choose(opened.spec.confinement)
    try:
        plan = build_plan(opened.spec, spec, parse_arguments(spec, arguments), opened.host)
    except CallError as error:
        streams.note(prose.tell_error(error))
        return 1
    facts = _facts(plan, judge(plan), confine(plan, tier).confinement)
    streams.say(json.dumps(facts, indent=2) if json_ else "\n".join(_lines(facts)))
    return 0


def _facts(plan: Plan, verdict: Verdict, confinement: Confinement) -> dict[str, object]:
    program, limits = plan.program, plan.limits
    return {
        "tool": plan.tool,
        "effect": plan.effect.value,
        "program": {
            "path": str(program.path),
            "device": program.device,
            "inode": program.inode,
            "owner": program.owner,
            "mode": f"{program.mode & 0o7777:04o}",
        },
        "argv": [cover(element, plan.hidden) for element in plan.argv],
        "cwd": str(plan.cwd),
        "env": {name: cover(value, plan.hidden) for name, value in plan.env.items()},
        "stdin_bytes": 0 if plan.stdin is None else len(plan.stdin),
        "limits": {
            "wall_seconds": limits.wall_seconds,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "pids": limits.pids,
            "output_bytes": limits.output_bytes,
            "spool_bytes": limits.spool_bytes,
        },
        "verdict": {
            "decision": verdict.decision.name.lower(),
            "grounds": [ground.reason for ground in verdict.grounds],
        },
        "confinement": {"tier": confinement.tier.value, "network": confinement.network},
    }


def _lines(facts: dict[str, object]) -> Iterator[str]:
    for name, value in facts.items():
        match value:
            case dict():
                shown = [f"{key} = {item}" for key, item in value.items()]
            case list():
                shown = [str(item) for item in value]
            case _:
                shown = [str(value)]
        for number, line in enumerate(shown or ["-"]):
            yield f"{'' if number else name:<12} {line}"
