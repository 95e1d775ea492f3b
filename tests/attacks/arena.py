"""Where attacks are tried: a workspace, a tier, and commands run as a tool's would be."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from handrail.plan.access import Access, access_of
from handrail.plan.user import User, choose_user
from handrail.process.outcome import Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.process.tiers import Trial, try_out
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.sandbox.means import Means
from handrail.spec.server import Tier
from handrail.spec.tool import Effect
from tests.builders import host, plan, tool

TIERS = [Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS]
"""Every tier that this machine must have for these tests; one that it lacks is a failure."""
SECRETS = "secrets.env"
"""The file in a workspace that the server has a secret from."""


@dataclass(frozen=True, slots=True)
class Arena:
    """A workspace on a tier; commands run as `user`."""

    tier: Tier
    workspace: Path
    means: Means
    pool: Pool
    writing: bool
    network: bool

    @property
    def user(self) -> User | None:
        """Whom commands run as; None for whoever runs the tests."""
        return self.means.user

    async def run(self, argv: list[str], **changes: Any) -> Outcome:
        """Run a command as a tool would: limits and fields of the plan by name."""
        return await run(self.confined(argv, **changes), self.pool, spool=self.workspace.parent)

    def confined(self, argv: list[str], **changes: Any) -> ConfinedPlan:
        """What would be run."""
        fields = {
            "workspace": self.workspace,
            "cwd": self.workspace,
            "access": self._access(Path(argv[0])),
            "effect": Effect.WRITE if self.writing else Effect.READ,
            "network": self.network,
        }
        return confine(plan(*argv, **{**fields, **changes}), self.means)

    def _access(self, program: Path) -> Access:
        """What a tool of this program may use, its server file being in the workspace."""
        declared = tool(program=program.name, effect="write" if self.writing else "read")
        secrets = (self.workspace / SECRETS,)
        machine = host(self.workspace, programs={program.name: program}, secret_files=secrets)
        return access_of(declared, machine)


@asynccontextmanager
async def arena(
    tier: Tier,
    workspace: Path,
    *,
    writing: bool = False,
    network: bool = False,
    user: User | None = None,
) -> AsyncIterator[Arena]:
    """An arena at `tier`, which must hold here; its workspace belongs to its user."""
    workspace.mkdir(exist_ok=True)
    user = user or _user()
    if user is not None:
        os.chown(workspace, user.uid, user.gid)
    means = replace((await tried(tier)).means, user=user)
    async with Pool(most_idle=4) as pool:
        yield Arena(tier, workspace, means, pool, writing, network)


def _user() -> User | None:
    found = choose_user(None, Path("/"))
    assert isinstance(found, User | None)
    return found


_TRIALS: dict[Tier, Trial] = {}


async def tried(tier: Tier) -> Trial:
    """What came of trying this tier out, which must hold here."""
    if tier not in _TRIALS:
        _TRIALS[tier] = await try_out(tier, _user())
    trial = _TRIALS[tier]
    assert trial.evidence.holds, trial.evidence.shortcomings
    return trial
