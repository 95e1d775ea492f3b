"""Runs scripts of attempts, confined and not, and compares what came of them with what is known.

Unconfined, every attempt must succeed: one that never can would prove nothing of a confinement.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from handrail.spec.server import Tier
from tests.attacks.arena import Arena, arena
from tests.attacks.known import Result, never_done, surprises
from tests.attacks.outside import SECRET
from tests.attacks.place import UID, USER, Place, place, results
from tests.builders import SYSTEM_PATH
from tests.running import said

BASELINES = [UID, 0] if os.geteuid() == 0 else [UID]
"""The users that can try everything unconfined."""


@dataclass(frozen=True)
class Attack:
    """What came of a script: of each attempt, and what the canaries saw of it.

    `heard` are the signals that the victim beside the workspace got.
    """

    script: str
    tier: Tier
    results: Mapping[str, Result]
    reached: list[str]
    changed: list[str]
    heard: set[int]

    @property
    def surprises(self) -> list[str]:
        """Where this is not what is known of the tier, either way."""
        return surprises(self.script, self.results, self.tier)


@asynccontextmanager
async def field(
    tier: Tier, *, files: Sequence[str] = (), network: bool = False
) -> AsyncIterator[tuple[Arena, Place]]:
    """A place for attacks at a tier, whose commands may write to the workspace."""
    with place(files) as at:
        async with arena(tier, at.workspace, writing=True, network=network, user=USER) as scene:
            yield scene, at


async def attack(
    script: str,
    tier: Tier,
    *,
    files: Sequence[str] = (),
    network: bool = False,
    more: Mapping[str, Any] | None = None,
) -> Attack:
    """Run a script as a tool that may write to its workspace. `more` goes into its targets."""
    async with field(tier, files=files, network=network) as (scene, at):
        return await attack_from(scene, at, script, more or {})


async def attack_from(scene: Arena, at: Place, script: str, more: Mapping[str, Any]) -> Attack:
    """The same in a place that is there already."""
    stdout, stderr = said(await scene.run(at.argv(script, more)))
    heard = at.canaries.victim.heard()
    tried = results(stdout, stderr, heard)
    reached, changed = at.canaries.reached(), at.canaries.outside.changed()
    return Attack(script, scene.tier, tried, reached, changed, heard)


def unconfined(
    script: str,
    uid: int,
    *,
    files: Sequence[str] = (),
    leaks: Sequence[int] = (),
    more: Mapping[str, Any] | None = None,
) -> list[str]:
    """What this user could not do with nothing to hold it: nothing, when the attempts are good.

    It has a terminal, the secret in its environment, and inherits the descriptors in `leaks`.
    """
    with place(files) as at:
        done = _run_unconfined(at, script, uid, leaks, more or {})
        tried = results(done.stdout, done.stderr, at.canaries.victim.heard())
        return never_done(script, tried, uid)


def _run_unconfined(
    at: Place, script: str, uid: int, leaks: Sequence[int], more: Mapping[str, Any]
) -> subprocess.CompletedProcess[bytes]:
    outer, inner = os.openpty()
    # What signals everything that the user may is for a user who owns nothing else.
    targets = {"kill_everything": uid not in (0, os.getuid()), **more}
    try:
        return subprocess.run(
            [*_alone(uid), *("setsid", "--ctty", "--wait"), *at.argv(script, targets)],
            stdin=inner,
            capture_output=True,
            check=False,
            cwd=at.workspace,
            env={"PATH": SYSTEM_PATH, "TMPDIR": str(at.workspace), "CANARY": SECRET},
            pass_fds=leaks,
        )
    finally:
        os.close(outer)
        os.close(inner)


def _alone(uid: int) -> list[str]:
    """As this user, with mounts of its own: it may be root."""
    if os.geteuid() != 0:
        return []
    own_mounts = ["unshare", "--mount", "--uts", "--propagation", "private"]
    return [*own_mounts, "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
