"""Who may use which tools, and how much of them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from handrail.spec.model import Table
from handrail.spec.names import Named
from handrail.spec.quota import CallRate, Calls, Quota, Time, Volume

RoleName = Annotated[
    str,
    Named(
        "[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,63}",
        "not a role: letters, digits and `_`, `.`, `:`, `/`, `-`, at most 64 in all",
    ),
]


class BudgetTable(Table):
    """How much may be used. What is left out is not bounded here."""

    rate: CallRate | None = None
    """How often: `"60/minute"`, or `"60/minute burst 10"`."""
    calls: Calls | None = None
    """How many calls: `"1000/day"`."""
    cpu: Time | None = None
    """Processor time of commands: `"20m/hour"`."""
    wall: Time | None = None
    """Time that commands run: `"2h/day"`."""
    output: Volume | None = None
    """What commands write to their output: `"1GiB/day"`."""
    stored: Volume | None = None
    """What calls write to disks, and what is kept there of their output: `"5GiB/day"`."""
    concurrency: int | None = Field(default=None, ge=1, le=1024)
    """How many calls at once."""

    @property
    def quotas(self) -> Iterator[tuple[str, Quota]]:
        """What is counted in windows, by the name of what is counted."""
        for name in ("calls", "cpu", "wall", "output", "stored"):
            quota = getattr(self, name)
            if quota is not None:
                yield name, quota


class RoleSpec(Table):
    """What callers with a role may use."""

    tools: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """The tools, by their names or globs like `"git_*"`."""
    limits: BudgetTable = Field(default_factory=BudgetTable)
    """What such a caller may use, in place of `[access.limits]`."""

    def permits(self, tool: str) -> bool:
        """Whether it is about this tool."""
        return any(fnmatch.fnmatchcase(tool, name) for name in self.tools)


class AccessTable(Table):
    """Who may use what, and how much."""

    roles: dict[RoleName, RoleSpec] = Field(default_factory=dict)
    """What each role may use; without any, every caller may use every tool."""
    limits: BudgetTable = Field(default_factory=BudgetTable)
    """What each caller may use, unless a role of theirs says otherwise."""
    total: BudgetTable = Field(default_factory=BudgetTable)
    """What all callers together may use."""
    local: tuple[RoleName, ...] | None = None
    """The roles of whoever uses the server on stdio, or without authentication; all tools when
    unset."""
    store: str = "memory"
    """Where it is counted: `"memory"`, `"sqlite"` (outlives a restart), or the URL of a Redis that
    several servers share, also `${NAME}`."""
    without_store: Literal["refuse", "read"] = "refuse"
    """When the store is away: refuse every call, or let tools that only read go on uncounted."""
