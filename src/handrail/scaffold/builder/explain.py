"""`explain`: what a call of a drafted tool would do, without doing it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handrail.errors import ArgumentError
from handrail.plan.own_tree import in_own_tree
from handrail.plan.plan import build_plan
from handrail.policy.access import check
from handrail.policy.caller import LOCAL
from handrail.policy.judge import judge
from handrail.sandbox.confine import confine
from handrail.scaffold.builder.draft import ANSWERS
from handrail.scaffold.builder.examined import Examined, as_data
from handrail.scaffold.builder.given import Param
from handrail.scaffold.builder.plan_facts import facts
from handrail.scaffold.builder.proposal import drafted_text, lines, proposed
from handrail.scaffold.builder.refusals import Explained
from handrail.scaffold.builder.tool import BuilderTool, Declaration, Reply
from handrail.spec.server import ServerSpec
from handrail.spec.suggest import did_you_mean
from handrail.spec.tool import ToolSpec

_DECLARED = Declaration(
    name="explain",
    description="Show what a call of a drafted tool would do here: argv, folder, names of its "
    "variables, verdict of the policy, confinement, limits. Use it before `write`, to check that "
    "arguments become the command that the person means, and that bad ones are refused. Give the "
    "answers, or the text of a draft. Runs nothing; not for tools of a running server.",
    params={
        "tool": Param("string", "The tool's name.", 64, required=True),
        "arguments": Param("object", "The arguments of the call.", 65_536),
        "answers": ANSWERS,
        "text": Param("string", "Instead of answers: the text of a draft, in TOML.", 65_536),
    },
    gives={
        "argv": {"type": "array", "items": {"type": "string"}},
        "cwd": {"type": "string"},
        "env": {"type": "array", "items": {"type": "string"}},
        "verdict": {"type": "object"},
        "confinement": {"type": "object"},
        "limits": {"type": "object"},
    },
)


def explain_tool(folder: Path) -> BuilderTool:
    """The tool, for a server file in `folder`."""

    async def act(given: Mapping[str, Any]) -> Reply:
        return await asyncio.to_thread(_explained, given, folder)

    return BuilderTool.declare(_DECLARED, act)


def _explained(given: Mapping[str, Any], folder: Path) -> Reply:
    field = "text" if "text" in given else "answers"
    if {"text", "answers"} <= given.keys():
        raise ArgumentError("give `answers` or `text`, not both", field="text")
    if field == "text":
        found = drafted_text(given["text"], folder)
    else:
        found = proposed(given.get("answers", {}), folder).examined
    told = _planned(found, field, given["tool"], given.get("arguments", {}))
    return Reply("\n".join(_lines(told)), told)


def _planned(
    found: Examined, field: str, name: str, arguments: Mapping[str, object]
) -> dict[str, Any]:
    spec, host, means = found.spec, found.host, found.means
    if spec is None or host is None or means is None:
        raise _not_here(found, field)
    tool = _tool(spec, name)
    check(spec.access, LOCAL, tool)
    host = in_own_tree(host, LOCAL.name) if spec.workspace.per_caller else host
    plan = build_plan(spec, tool, arguments, host)
    verdict = judge(plan, spec.rules, means.tier, LOCAL)
    return {**facts(verdict, confine(plan, means)), "notes": list(found.notes)}


def _tool(spec: ServerSpec, name: str) -> ToolSpec:
    for tool in spec.tools:
        if tool.name == name:
            return tool
    known = [tool.name for tool in spec.tools]
    shown = ascii(name)[1:-1]
    message = f"there is no tool `{shown}` in the draft{did_you_mean(name, known)}"
    raise ArgumentError(message, field="tool", allowed=known)


def _not_here(found: Examined, field: str) -> Explained:
    error = ArgumentError(
        "this draft could not be served on this machine, so nothing can be planned", field=field
    )
    errors = [one for one in found.findings if one.is_error]
    more = "\n".join([*lines(errors), *found.notes])
    return Explained(error, more, {"findings": as_data(errors), "notes": list(found.notes)})


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    """A line for each fact, each word of a command in quotes."""
    for name, value in told.items():
        yield f"{name}: {json.dumps(value, ensure_ascii=False)}"
