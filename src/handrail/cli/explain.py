"""`handrail explain`: what a call would do, without doing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.arguments import parse_arguments
from handrail.cli.folding import folded
from handrail.cli.options import AsJson
from handrail.cli.seen_as import CallerName, Roles, host_for, seen_as
from handrail.errors import CallError
from handrail.examining import Opened, open_file
from handrail.mcp import prose
from handrail.plan.host import Host
from handrail.plan.plan import Plan, build_plan
from handrail.plan.program import Program
from handrail.plan.stage import Earlier
from handrail.policy.access import check
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Ground, Verdict
from handrail.policy.judge import judge
from handrail.process.mask import cover
from handrail.profiles.reading import Reading
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.spec.server import Tier


def explain(
    tool: str,
    *arguments: str,
    file: Path | None = None,
    caller: CallerName = None,
    role: Roles = (),
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
    caller
        Who calls, as far as rules and roles are about that; the owner when left out.
    role
        A role of that caller; give it again for more.
    json_
        Print it as JSON.
    """
    opened = open_file(file)
    spec, who = opened.tool(tool), seen_as(opened, caller, role) or LOCAL
    request = parse_arguments(spec, arguments)
    try:
        check(opened.spec.access, who, spec)
        plan = build_plan(opened.spec, spec, request, host_for(opened, who))
    except CallError as error:
        streams.note(prose.tell_error(error))
        return 1
    verdict = judge(plan, opened.spec.rules, opened.means.tier, who)
    facts = _facts(verdict, confine(plan, opened.means), opened)
    streams.say(json.dumps(facts, indent=2) if json_ else "\n".join(_lines(facts, opened)))
    return 0


def _facts(verdict: Verdict, confined: ConfinedPlan, opened: Opened) -> dict[str, Any]:
    plan = confined.plan
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
        **_commands(plan),
        "cwd": str(plan.cwd),
        "env": {name: cover(value, plan.hidden) for name, value in plan.env.items()},
        "stdin_bytes": _stdin_bytes(plan.stdin),
        "limits": {
            "wall_seconds": limits.wall_seconds,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": limits.memory_bytes,
            "pids": limits.pids,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
            "output_bytes": limits.output_bytes,
            "spool_bytes": limits.spool_bytes,
        },
        "verdict": {
            "decision": verdict.decision.name.lower(),
            "grounds": [_evidence(ground) for ground in verdict.grounds],
        },
        "confinement": _confinement(confined, opened),
    }


def _commands(plan: Plan) -> dict[str, Any]:
    """What would run, and for a free tool what the profiles say of it."""
    argvs = [[cover(element, plan.hidden) for element in stage.argv] for stage in plan.stages]
    what: dict[str, Any] = {"argv": argvs[0]} if len(argvs) == 1 else {"pipe": argvs}
    if plan.free:
        what["reading"] = [line for stage in plan.stages for line in _read(stage.reading)]
    return what


def _read(reading: Reading | None) -> Iterator[str]:
    if reading is None:
        return
    command = " ".join(reading.path)
    for use in reading.uses:
        value = "" if use.value is None else f" = {use.value}"
        yield f"{command}: {use.name}{value} ({use.role})"
    for inside in reading.nested:
        yield from _read(inside.reading)


def _evidence(ground: Ground) -> dict[str, str]:
    return {
        "decision": ground.decision.name.lower(),
        "reason": ground.reason,
        "source": ground.source,
    }


def _stdin_bytes(stdin: bytes | Earlier | None) -> int:
    return len(stdin) if isinstance(stdin, bytes) else 0


def _confinement(confined: ConfinedPlan, opened: Opened) -> dict[str, Any]:
    plan, access, user = confined.plan, confined.plan.access, opened.host.user
    tier = confined.confinement.tier
    held: dict[str, Any] = {
        "tier": tier.value,
        "network": confined.confinement.network,
        "user": "the server's own" if user is None else str(user),
    }
    if not tier.at_least(Tier.LANDLOCK):
        return held
    return {
        **held,
        "runtime": _runtime(plan.program, opened.host),
        "readable": _shown(access.readable),
        "executable": _shown(access.executable),
        "writable": _shown(access.writable),
        "kept": _shown(access.kept),
        "hidden": _shown(access.hidden),
    }


def _runtime(program: Program, host: Host) -> str:
    known = host.runtimes.get(program.name)
    return "handrail's own" if known is None else known.name


def _shown(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths]


def _lines(facts: dict[str, Any], opened: Opened) -> Iterator[str]:
    for name, value in facts.items():
        told = _told(name, value, opened)
        for number, line in enumerate(list(_values(told)) or ["-"]):
            yield f"{'' if number else name:<12} {line}"


def _told(name: str, value: Any, opened: Opened) -> object:
    """A fact as a person reads it."""
    match name:
        case "confinement":
            return _folded(value, opened)
        case "verdict":
            grounds = ("{decision}: {reason} ({source})".format(**one) for one in value["grounds"])
            return {**value, "grounds": list(grounds)}
        case _:
            return value


def _folded(held: dict[str, Any], opened: Opened) -> dict[str, Any]:
    """A confinement that fits on a screen; `--json` has every path."""
    system = opened.host.system
    return {
        key: list(folded(item, system)) if isinstance(item, list) else item
        for key, item in held.items()
    }


def _values(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, item in value.items():
                yield from _entry(key, item)
        case list():
            yield from (" ".join(one) if isinstance(one, list) else str(one) for one in value)
        case _:
            yield str(value)


def _entry(key: str, item: object) -> Iterator[str]:
    """One key: on a line with its value, or over a list, which may be long."""
    if not isinstance(item, list):
        yield f"{key} = {item}"
        return
    yield f"{key}: {'nothing' if not item else ''}".rstrip()
    yield from (f"    {each}" for each in item)
