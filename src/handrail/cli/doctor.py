"""`handrail doctor`: what this machine confines commands with, on what evidence."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.opening import Examination, examine
from handrail.cli.options import AsJson
from handrail.errors import UsageError
from handrail.plan.user import User, choose_user
from handrail.process.cgroup import Cgroups
from handrail.process.tiers import Trial, try_out
from handrail.sandbox.advice import advice
from handrail.sandbox.evidence import FORBIDDEN, NEEDED, SUCCEEDED
from handrail.spec.server import ServerSpec, Tier

_TRIED = (Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS)


def doctor(file: Path | None = None, *, json_: AsJson = False) -> int:
    """Show what this machine confines commands with: each tier is tried, and what a probe met.

    Ends with 1 when FILE cannot be served here, or, without one, when no tier confines files
    and network.

    Parameters
    ----------
    file
        The server file, for its user and what it requires; one is looked for when left out.
    json_
        Print it as JSON.
    """
    found = _examined(file)
    user = _user(found)
    trials = asyncio.run(_try_all(user))
    facts = _facts(found, user, trials)
    streams.say(json.dumps(facts, indent=2) if json_ else "\n".join(_lines(facts)))
    return 0 if facts["fit"] else 1


def _examined(file: Path | None) -> Examination | None:
    try:
        return examine(file)
    except UsageError:
        if file is not None:
            raise
        return None  # a machine can be looked at without a file


def _user(found: Examination | None) -> User | None:
    if found is not None and found.host is not None:
        return found.host.user
    user = choose_user(None, Path.cwd())
    return user if isinstance(user, User) else None


async def _try_all(user: User | None) -> list[Trial]:
    return [await try_out(tier, user) for tier in _TRIED]


def _facts(found: Examination | None, user: User | None, trials: list[Trial]) -> dict[str, Any]:
    means = trials[0].means
    holding = [trial.means.tier for trial in trials if trial.evidence.holds]
    cgroups = Cgroups.find()
    kernel = os.uname()
    return {
        "machine": {
            "kernel": f"{kernel.sysname} {kernel.release} {kernel.machine}",
            "landlock": means.landlock,
            "bwrap": None if means.bwrap is None else str(means.bwrap),
            "cgroups": cgroups if isinstance(cgroups, str) else f"version {cgroups.version}",
        },
        "server_user": os.geteuid(),
        "commands_user": str(user) if user is not None else "the server's own",
        "file": _file(found),
        "strongest": holding[0].value if holding else Tier.NONE.value,
        "fit": _fit(found, holding),
        "tiers": {
            trial.means.tier.value: {
                "holds": trial.evidence.holds,
                "shortcomings": list(trial.evidence.shortcomings),
                "met": dict(trial.evidence.results),
                "advice": list(advice(trial.means, trial.evidence)),
            }
            for trial in trials
        },
    }


def _fit(found: Examination | None, holding: list[Tier]) -> bool:
    if found is not None:
        return not found.has_errors
    return any(tier.at_least(Tier.LANDLOCK) for tier in holding)


def _file(found: Examination | None) -> dict[str, Any] | None:
    if found is None:
        return None
    spec: ServerSpec | None = found.reading.spec
    return {
        "path": str(found.reading.file),
        "require": None if spec is None else spec.confinement.require.value,
        "tier": None if found.means is None else found.means.tier.value,
        "problems": [str(each.message) for each in found.diagnostics],
    }


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    machine = facts["machine"]
    bwrap = machine["bwrap"] or "not found"
    yield f"machine     {machine['kernel']}; Landlock {machine['landlock'] or 'none'}; bwrap {bwrap}"
    yield f"cgroups     {machine['cgroups']}"
    yield f"users       the server is {facts['server_user']}; commands run as {facts['commands_user']}"
    if facts["file"] is not None:
        yield from _file_lines(facts["file"])
    yield f"strongest   {facts['strongest']}"
    for tier, trial in facts["tiers"].items():
        yield ""
        yield f"{tier:<11} {'holds' if trial['holds'] else 'does not hold here'}"
        yield from (f"    - {reason}" for reason in trial["shortcomings"])
        yield from (f"    > {step}" for step in trial["advice"])
    yield ""
    yield from _table(facts["tiers"])


def _file_lines(file: dict[str, Any]) -> Iterator[str]:
    tier = file["tier"] or "cannot be served"
    yield f"file        {file['path']}: requires {file['require']}, gets {tier}"
    yield from (f"    - {problem}" for problem in file["problems"])


def _table(tiers: dict[str, Any]) -> Iterator[str]:
    """What each probe met: a line for each attempt, a column for each tier that was tried."""
    tried = [tier for tier, trial in tiers.items() if trial["met"]]
    if not tried:
        return
    yield f"{'could a command …':<44}" + "".join(f"{tier:<34}" for tier in tried)
    rows = {attempt.name: attempt.words for attempt in FORBIDDEN} | NEEDED
    for name, words in rows.items():
        met = "".join(f"{_met(tiers[tier]['met'].get(name)):<34}" for tier in tried)
        yield f"{words:<44}{met}".rstrip()


def _met(result: str | None) -> str:
    if result is None:
        return "not tried"
    return "yes" if result == SUCCEEDED else f"no: {result}"
