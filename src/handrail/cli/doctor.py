"""`handrail doctor`: what this machine confines commands with, on what evidence."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
from pathlib import Path
from typing import Any

from handrail.cli import streams
from handrail.cli.diagnostics import render
from handrail.cli.options import AsJson
from handrail.cli.report import told
from handrail.errors import UsageError
from handrail.examining import Examination, examine, of_age
from handrail.plan.user import User, choose_user
from handrail.process.cgroup import Cgroups
from handrail.process.tiers import Trial, try_out
from handrail.sandbox.advice import advice, uncovered
from handrail.spec.server import Tier

_TRIED = (Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS)


def doctor(file: Path | None = None, *, json_: AsJson = False) -> int:
    """Show what this machine confines commands with: each tier is tried, and what a probe met.

    Exit code 1 when FILE cannot be served here, or, without a file, when no tier confines
    files and network.

    Parameters
    ----------
    file
        The server file, for its user and what it requires; one is looked for when left out.
    json_
        Print it as JSON.
    """
    found = _examined(file)
    user = _user(found)
    facts = _facts(found, user, asyncio.run(_try_all(user)))
    if json_:
        streams.say(json.dumps(facts, indent=2))
    else:
        streams.say("\n".join(told(facts, shutil.get_terminal_size().columns)))
    return 0 if facts["fit"] else 1


def _examined(file: Path | None) -> Examination | None:
    if file is not None and not file.exists():
        raise UsageError(f"there is no {file}", hint="Without a file, the machine alone is seen.")
    try:
        return examine(file, of_age)
    except UsageError:
        return None  # a machine can be looked at without a file


def _user(found: Examination | None) -> User | None:
    if found is not None:
        return found.user
    user = choose_user(None, Path.cwd())
    return user if isinstance(user, User) else None


async def _try_all(user: User | None) -> list[Trial]:
    return [await try_out(tier, user) for tier in _TRIED]


def _facts(found: Examination | None, user: User | None, trials: list[Trial]) -> dict[str, Any]:
    holding = [trial.means.tier for trial in trials if trial.evidence.holds]
    strongest = holding[0] if holding else Tier.NONE
    cgroups = Cgroups.find()
    why = cgroups if isinstance(cgroups, str) else None
    in_force = strongest if found is None or found.means is None else found.means.tier
    return {
        "fit": strongest.at_least(Tier.LANDLOCK) if found is None else not found.has_errors,
        "strongest": strongest.value,
        "machine": _machine(trials[0]),
        "users": {"server": _myself(), "commands": _myself() if user is None else str(user)},
        "cgroups": {"version": None if isinstance(cgroups, str) else cgroups.version, "why": why},
        "file": None if found is None else _file(found),
        "tiers": {trial.means.tier.value: _tier(trial) for trial in trials},
        "not_covered": list(uncovered(in_force, why_no_cgroups=why)),
    }


def _machine(trial: Trial) -> dict[str, Any]:
    kernel, means = os.uname(), trial.means
    return {
        "kernel": f"{kernel.sysname} {kernel.release}",
        "machine": kernel.machine,
        "landlock": means.landlock,
        "bwrap": None if means.bwrap is None else str(means.bwrap),
    }


def _myself() -> str:
    uid = os.geteuid()
    try:
        return str(User(pwd.getpwuid(uid).pw_name, uid, os.getegid()))
    except KeyError:
        return str(uid)


def _file(found: Examination) -> dict[str, Any]:
    spec = found.reading.spec
    pinned = None if spec is None else spec.confinement.use
    return {
        "path": str(found.reading.file),
        "require": None if spec is None else spec.confinement.require.value,
        "use": None if pinned is None else pinned.value,
        "tier": None if found.means is None else found.means.tier.value,
        "problems": json.loads(render(found.diagnostics, "json")),
    }


def _tier(trial: Trial) -> dict[str, Any]:
    return {
        "holds": trial.evidence.holds,
        "shortcomings": list(trial.evidence.shortcomings),
        "advice": list(advice(trial.means, trial.evidence)),
        "met": dict(trial.evidence.results),
    }
