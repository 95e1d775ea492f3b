"""A confined plan as a zygote is told of it."""

from __future__ import annotations

import marshal
import os
from functools import lru_cache
from math import ceil
from pathlib import Path

from handrail.process.zygote import wire
from handrail.sandbox.confine import ConfinedPlan
from handrail.sandbox.landlock import Rules
from handrail.spec.server import Tier


def order(confined: ConfinedPlan) -> wire.Order:
    """What a zygote needs to know to start the commands of `confined`."""
    plan, limits = confined.plan, confined.plan.limits
    bounded = confined.confinement.tier is not Tier.NONE
    return wire.Order(
        stages=[[os.fsencode(element) for element in stage.argv] for stage in plan.stages],
        env={os.fsencode(name): os.fsencode(value) for name, value in plan.env.items()},
        root=os.fsencode(plan.workspace),
        cwd=_below(plan.cwd, plan.workspace),
        memory_bytes=limits.memory_bytes if bounded else 0,
        pids=limits.pids if bounded else 0,
        cpu_seconds=ceil(limits.cpu_seconds or 0) if bounded else 0,
        rules=b"" if confined.rules is None else _packed(confined.rules),
        kept=_encoded(plan.access.kept) if confined.cell.view else (),
        masked=_encoded(plan.access.hidden) if confined.cell.view else (),
    )


def _encoded(paths: tuple[Path, ...]) -> tuple[bytes, ...]:
    return tuple(map(os.fsencode, paths))


def _below(folder: Path, root: Path) -> bytes:
    return b"." if folder == root else os.fsencode(folder.relative_to(root))


@lru_cache(maxsize=256)
def _packed(rules: Rules) -> bytes:
    grants = tuple(
        (os.fsencode(grant.path), grant.rights, tuple(map(os.fsencode, grant.besides)))
        for grant in rules.grants
    )
    packed = wire.Rules(rules.files, rules.ports, rules.scopes, grants, rules.temporary)
    return marshal.dumps(tuple(packed))
