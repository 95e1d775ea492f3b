"""What a caller may use, by its roles and its key, and how much of it."""

from __future__ import annotations

import fnmatch
from typing import Any

from handrail.errors import Denied
from handrail.policy.caller import LOCAL, Caller
from handrail.spec.access import AccessTable, BudgetTable
from handrail.spec.tool import ToolSpec


def local_caller(access: AccessTable) -> Caller:
    """Who calls where nobody has to prove who they are."""
    return LOCAL if access.local is None else Caller(LOCAL.name, frozenset(access.local))


def permits(access: AccessTable, caller: Caller, tool: ToolSpec) -> bool:
    """Whether `caller` may use `tool` at all."""
    return permits_name(access, caller, tool.name) and (
        caller.is_owner or caller.roles.issuperset(tool.requires)
    )


def permits_name(access: AccessTable, caller: Caller, name: str) -> bool:
    """The same by the tool's name alone."""
    if caller.tools is not None and not any(fnmatch.fnmatchcase(name, one) for one in caller.tools):
        return False
    if caller.is_owner or not access.roles:
        return True
    return any(access.roles[role].permits(name) for role in caller.roles & access.roles.keys())


def check(access: AccessTable, caller: Caller, tool: ToolSpec) -> None:
    """Raises `Denied` when `caller` may not use `tool`."""
    if not permits(access, caller, tool):
        raise Denied(
            f"{caller.name} may not use `{tool.name}`",
            hint="tools/list shows the tools that you may use. Ask the server's owner for more.",
        )


def budget(access: AccessTable, caller: Caller) -> BudgetTable:
    """What `caller` may use: what a role of theirs says, the first in the file; else the rest."""
    own = (role.limits for name, role in access.roles.items() if name in caller.roles)
    said: dict[str, Any] = {}
    for table in (*own, access.limits):
        for name in BudgetTable.model_fields:
            if said.get(name) is None:
                said[name] = getattr(table, name)
    return BudgetTable.model_construct(**said)
