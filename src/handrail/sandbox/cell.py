"""What holds a zygote, and every command that it starts, for its whole life."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.plan.user import User
from handrail.sandbox.filter import Filter
from handrail.spec.server import Tier


@dataclass(frozen=True, slots=True)
class Cell:
    """Zygotes with equal cells are interchangeable.

    `user`: whom they become; None when they stay who the server is. `filter`: the system calls
    that are refused. `view`: the arguments of bwrap(1) that make their view of the disk, up to
    the program; empty when they see all of it. `private`: the folders of that view that are
    theirs alone. `file_bytes` and `open_files` are hard limits for good; 0 is none.
    `work` is the module that they have at hand, to do what is ordered in place of programs.
    """

    tier: Tier
    user: User | None = None
    filter: Filter | None = None
    view: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    file_bytes: int = 0
    open_files: int = 0
    work: str = ""
