"""Which tier this machine has: tried out, strongest first, until one holds."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from handrail.errors import ConfinementUnavailable
from handrail.plan.access import access_to_run
from handrail.plan.runtime import runtime_of, system
from handrail.plan.user import User
from handrail.process.boot import HOME, INTERPRETER, WORKSHOP
from handrail.process.probe import probe
from handrail.process.zygote.kernel import landlock_version
from handrail.sandbox.evidence import Evidence
from handrail.sandbox.landlock import LEAST_VERSION
from handrail.sandbox.means import Means
from handrail.sandbox.syscalls import MACHINES
from handrail.spec.server import ConfinementTable, Tier

_BWRAP_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", str(Path(sys.executable).parent))


@dataclass(frozen=True, slots=True)
class Trial:
    """A tier that was tried: with what, and what came of it."""

    means: Means
    evidence: Evidence


async def choose(wanted: ConfinementTable, user: User | None) -> Means:
    """The strongest tier that a probe shows to hold here, or the one that is pinned.

    Raises `ConfinementUnavailable` when all that hold are weaker than what is required.
    """
    failed: list[Evidence] = []
    for tier in _candidates(wanted):
        trial = await try_out(tier, user)
        if trial.evidence.holds:
            return trial.means
        failed.append(trial.evidence)
    raise ConfinementUnavailable(_lack(wanted, failed), hint=_hint(wanted))


async def try_out(tier: Tier, user: User | None) -> Trial:
    """Try one tier, on this machine as it is now."""
    means = replace(_machine(user), tier=tier)
    missing = _missing(means)
    return Trial(means, Evidence(tier, {}, missing) if missing else await probe(means))


def _candidates(wanted: ConfinementTable) -> Iterator[Tier]:
    for tier in Tier if wanted.use is None else (wanted.use,):
        # `none` is for those who say so.
        said = wanted.use is not None or wanted.require is Tier.NONE or tier is not Tier.NONE
        if tier.at_least(wanted.require) and said:
            yield tier


def _machine(user: User | None) -> Means:
    own = access_to_run(INTERPRETER, runtime_of(INTERPRETER), system())
    return Means(
        tier=Tier.NONE,
        machine=os.uname().machine,
        landlock=landlock_version(),
        bwrap=_bwrap(),
        own=(*own.readable, HOME, WORKSHOP),
        as_root=os.geteuid() == 0,
        user=user,
    )


def _missing(means: Means) -> str | None:
    """Which part of a tier is not there at all."""
    if means.machine not in MACHINES:
        return f"it runs on {' and '.join(MACHINES)} only; this machine is {means.machine}"
    if means.tier.at_least(Tier.LANDLOCK) and means.landlock < LEAST_VERSION:
        has = f"version {means.landlock}" if means.landlock else "none"
        return f"it needs Landlock version {LEAST_VERSION} (Linux 6.2); this kernel has {has}"
    if means.tier is Tier.NAMESPACES and means.bwrap is None:
        return "it needs bwrap (Debian: apt install bubblewrap), which is not installed"
    return None


def _bwrap() -> Path | None:
    """Where bwrap is, in a place that only its owner can change."""
    found = shutil.which("bwrap", path=":".join(_BWRAP_FOLDERS))
    if found is None:
        return None
    status = Path(found).stat()
    others_may_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    trusted = status.st_uid in (0, os.geteuid()) and not others_may_write
    return Path(found) if trusted else None


def _lack(wanted: ConfinementTable, failed: list[Evidence]) -> str:
    required = wanted.use or wanted.require
    reasons = "; ".join(f"{each.tier}: {', '.join(each.shortcomings)}" for each in failed)
    return f'the file requires confinement "{required}", which cannot be had here ({reasons})'


def _hint(wanted: ConfinementTable) -> str:
    weaker = [tier for tier in Tier if not tier.at_least(wanted.require)]
    accept = f' `[confinement] require = "{weaker[0]}"` accepts less.' if weaker else ""
    return f"`handrail doctor` tells what is missing and how to get it.{accept}"
