"""Plans to do nothing, confined by each tier that this machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.plan.host import Host, survey
from handrail.plan.plan import build_plan
from handrail.process.tiers import try_out
from handrail.sandbox.confine import ConfinedPlan, confine
from handrail.sandbox.means import Means
from handrail.spec.load import load
from handrail.spec.server import ServerSpec, Tier

PROGRAM = "/bin/true"
"""What the tools of the file start."""
_FILE = Path(__file__).with_name("spawn.toml")


@dataclass(frozen=True, slots=True)
class Bench:
    """Makes the plans. `means` has the tiers that hold here, `lacking` why others do not."""

    spec: ServerSpec
    host: Host
    means: Mapping[Tier, Means]
    lacking: Mapping[Tier, str]

    def plan(self, tool: str, tier: Tier) -> ConfinedPlan:
        """A call of one of the file's tools."""
        [declared] = [each for each in self.spec.tools if each.name == tool]
        return confine(build_plan(self.spec, declared, {}, self.host), self.means[tier])


async def set_up(folder: Path) -> Bench:
    """A workspace in `folder`, with a repository, which whoever commands run as may use."""
    spec, host = _served(folder)
    held, lacking = {}, {}
    for tier in (Tier.NAMESPACES, Tier.LANDLOCK, Tier.RLIMITS):
        trial = await try_out(tier, host.user)
        if trial.evidence.holds:
            held[tier] = trial.means
        else:
            lacking[tier] = ", ".join(trial.evidence.shortcomings)
    return Bench(spec, host, held, lacking)


def _served(folder: Path) -> tuple[ServerSpec, Host]:
    file, workspace = folder / _FILE.name, folder / "workspace"
    shutil.copy(_FILE, file)
    (workspace / ".git").mkdir(parents=True)
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(workspace, "nobody")
    spec = load(file, os.environ)
    host, findings = survey(spec, file, os.environ)
    assert host is not None, findings
    return spec, host
