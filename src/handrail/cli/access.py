"""Who may use what, and how much of it: a table of roles for `handrail inspect`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from handrail.policy.access import budget, local_caller, permits, permits_name
from handrail.policy.caller import LOCAL, Caller
from handrail.spec.access import AccessTable, BudgetTable
from handrail.spec.quota import Quota, Rate
from handrail.spec.server import ServerSpec
from handrail.spec.tool import ToolSpec
from handrail.spec.units import duration_text, size_text

_WINDOWS = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day", 604_800: "week"}
_GAP = "  "


def callers_of(access: AccessTable) -> dict[str, Caller]:
    """A caller for each role, and the local one, by what to call them."""
    by_role = {role: Caller(role, frozenset({role})) for role in access.roles}
    return {LOCAL.name: local_caller(access), **by_role}


def facts(spec: ServerSpec, callers: Mapping[str, Caller]) -> dict[str, Any]:
    """The tools and the budget of each caller, and what all of them share."""
    access = spec.access
    each = {
        name: {
            "tools": [tool.name for tool in spec.tools if permits(access, who, tool)],
            "budget": told(budget(access, who)),
        }
        for name, who in callers.items()
    }
    return {"callers": each, "total": told(access.total)}


def table(
    spec: ServerSpec, tools: Iterable[ToolSpec], callers: Mapping[str, Caller]
) -> Iterator[str]:
    """A line for each tool and each part of a budget, a column for each caller and for all."""
    access = spec.access
    budgets = [*(told(budget(access, who)) for who in callers.values()), told(access.total)]
    rows = [["", *callers, "all together"]]
    for tool in tools:
        rows.append([tool.name, *(_cell(access, who, tool) for who in callers.values())])
    for name in BudgetTable.model_fields:
        if any(name in one for one in budgets):
            rows.append([name, *(one.get(name, "-") for one in budgets)])
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    yield from (_GAP.join(map(str.ljust, row, widths)).rstrip() for row in rows)


def told(table: BudgetTable) -> dict[str, str]:
    """What a budget bounds, as the file says it."""
    values = {name: getattr(table, name) for name in BudgetTable.model_fields}
    return {name: _said(name, value) for name, value in values.items() if value is not None}


def _cell(access: AccessTable, who: Caller, tool: ToolSpec) -> str:
    if permits(access, who, tool):
        return "yes"
    if permits_name(access, who, tool.name):
        return f"with {', '.join(role for role in tool.requires if role not in who.roles)}"
    return "no"


def _said(name: str, value: Quota | Rate | int) -> str:
    match value:
        case Quota():
            return f"{_amount(name, value.amount)}/{_window(value.seconds)}"
        case Rate():
            burst = "" if value.burst == value.amount else f" burst {value.burst}"
            return f"{value.amount}/{_window(value.seconds)}{burst}"
        case _:
            return str(value)


def _amount(name: str, amount: int) -> str:
    if name in ("cpu", "wall"):
        return duration_text(amount / 1000)
    return size_text(amount) if name in ("output", "stored") else str(amount)


def _window(seconds: int) -> str:
    return _WINDOWS.get(seconds) or duration_text(seconds)
