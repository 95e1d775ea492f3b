"""E82x: who may use what, where that comes to nobody or to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.diagnostic import Finding, Key, Severity
from handrail.lint.names import RESERVED
from handrail.spec.access import BudgetTable
from handrail.spec.server import ServerSpec, Tier
from handrail.spec.suggest import closest, did_you_mean

At = tuple[Key, ...]

STORES = ("memory", "sqlite")
REDIS = ("redis://", "rediss://", "unix://")


def judge_access(spec: ServerSpec) -> Iterator[Finding]:
    """Judge roles by the tools and by each other, budgets by what there is, and the store."""
    yield from _required(spec)
    yield from _local(spec)
    yield from _tools_of_roles(spec)
    yield from _tools_of_nobody(spec)
    yield from _concurrency(spec)
    yield from _store(spec)
    yield from _separation(spec)


def _mentions(spec: ServerSpec) -> Iterator[tuple[At, str]]:
    """The roles that tools and rules speak of."""
    for index, tool in enumerate(spec.tools):
        for number, role in enumerate(tool.requires):
            yield ("tool", index, "requires", number), role
    for index, rule in enumerate(spec.rules):
        if isinstance(rule.role, str):
            yield ("rule", index, "role"), rule.role
        else:
            for number, role in enumerate(rule.role):
                yield ("rule", index, "role", number), role


def _required(spec: ServerSpec) -> Iterator[Finding]:
    """Tokens may bring any role, so with them only what looks misspelt is one nobody has."""
    known = {*spec.access.roles, *(spec.access.local or ())}
    for at, role in _mentions(spec):
        if role not in known and (not spec.auth.is_set or closest(role, known)):
            message = f'no caller has the role "{role}"{did_you_mean(role, known)}'
            hint = f"Declare it: [access.roles.{role}]."
            yield Finding(at, "E821", message, hint, Severity.WARNING)


def _local(spec: ServerSpec) -> Iterator[Finding]:
    known = {*spec.access.roles, *(role for _, role in _mentions(spec))}
    for number, role in enumerate(spec.access.local or ()):
        if role not in known:
            message = f'the role "{role}" has no meaning here{did_you_mean(role, known)}'
            hint = f"Declare it: [access.roles.{role}]."
            yield Finding(("access", "local", number), "E821", message, hint, Severity.WARNING)


def _tools_of_roles(spec: ServerSpec) -> Iterator[Finding]:
    names = [tool.name for tool in spec.tools]
    for name, role in spec.access.roles.items():
        for number, one in enumerate(role.tools):
            only = role.model_copy(update={"tools": (one,)})
            if not any(map(only.permits, (*names, *RESERVED))):
                at = ("access", "roles", name, "tools", number)
                message = f'"{one}" is no tool{did_you_mean(one, names)}'
                yield Finding(at, "E822", message, None, Severity.WARNING)


def _tools_of_nobody(spec: ServerSpec) -> Iterator[Finding]:
    roles = spec.access.roles.values()
    for index, tool in enumerate(spec.tools):
        if roles and not any(role.permits(tool.name) for role in roles):
            message = f'no role may use tool "{tool.name}"'
            hint = "Name it in the tools of a role, or remove it."
            yield Finding(("tool", index, "name"), "E823", message, hint, Severity.WARNING)


def _concurrency(spec: ServerSpec) -> Iterator[Finding]:
    most = spec.limits.concurrency
    for at, budget in _budgets(spec):
        if budget.concurrency is not None and budget.concurrency > most:
            message = f"concurrency: never reached, as [limits] has {most} for all calls together"
            hint = "Raise concurrency in [limits], or lower this."
            yield Finding((*at, "concurrency"), "E824", message, hint, Severity.WARNING)


def _budgets(spec: ServerSpec) -> Iterator[tuple[At, BudgetTable]]:
    yield ("access", "limits"), spec.access.limits
    yield ("access", "total"), spec.access.total
    for name, role in spec.access.roles.items():
        yield ("access", "roles", name, "limits"), role.limits


def _store(spec: ServerSpec) -> Iterator[Finding]:
    store = spec.access.store
    if store not in STORES and not store.startswith(REDIS):
        # Never the value itself: in a URL there may be a password.
        message = f"access.store: no such store{did_you_mean(store, STORES)}"
        hint = 'Say "memory", "sqlite", or the URL of a Redis, "redis://…".'
        yield Finding(("access", "store"), "E825", message, hint)


def _separation(spec: ServerSpec) -> Iterator[Finding]:
    require = spec.confinement.require
    if spec.workspace.per_caller and not require.at_least(Tier.LANDLOCK):
        message = (
            f'per_caller: at the tier "{require}" nothing keeps callers from each other\'s files'
        )
        hint = 'Say require = "landlock" in [confinement], or a stronger tier.'
        yield Finding(("workspace", "per_caller"), "E826", message, hint)
