"""`--caller NAME --role R`: whom a command looks at the file for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from handrail.examining import Opened
from handrail.plan.host import Host
from handrail.plan.own_tree import in_own_tree
from handrail.policy.access import local_caller
from handrail.policy.caller import LOCAL, Caller

CallerName = Annotated[str | None, Parameter(name="--caller")]
Roles = Annotated[tuple[str, ...], Parameter(name="--role", negative="", consume_multiple=False)]
_SOMEBODY = "somebody"


def seen_as(opened: Opened, name: str | None, roles: Sequence[str]) -> Caller | None:
    """The caller that the options say; None without any.

    `local` without roles has those that the file gives it.
    """
    if name is None and not roles:
        return None
    if name == LOCAL.name and not roles:
        return local_caller(opened.spec.access)
    return Caller(name or _SOMEBODY, frozenset(roles))


def host_for(opened: Opened, who: Caller) -> Host:
    """The machine as `who` has it."""
    is_own = opened.spec.workspace.per_caller
    return in_own_tree(opened.host, who.name) if is_own else opened.host
