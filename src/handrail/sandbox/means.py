"""What this machine confines with, as found when the server started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from handrail.plan.user import User
from handrail.spec.server import Tier


@dataclass(frozen=True, slots=True)
class Means:
    """The tier in force, and what it is made of.

    `machine` is as uname(2) calls it, `landlock` the kernel's version of it (0: none). `bwrap`
    is there for the tier `namespaces`; `own` is what a zygote needs to see of the disk to start.
    `as_root`: the server is root. `user`: whom commands run as, None for the server's own.
    """

    tier: Tier
    machine: str
    landlock: int = 0
    bwrap: Path | None = None
    own: tuple[Path, ...] = ()
    as_root: bool = False
    user: User | None = None
