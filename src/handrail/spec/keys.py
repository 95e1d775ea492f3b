"""Key paths: which keys a table may have, and how to speak of a place in the file."""

from __future__ import annotations

import re
from typing import Any

from handrail.diagnostic import Key
from handrail.spec.access import AccessTable, BudgetTable, RoleSpec
from handrail.spec.args import CONDITIONS
from handrail.spec.audit import AuditTable
from handrail.spec.auth import AuthTable, IntrospectionTable, JwtTable, OidcTable
from handrail.spec.element import PatternTable
from handrail.spec.http import HttpTable, TlsTable
from handrail.spec.model import Table
from handrail.spec.param import ParamSpec
from handrail.spec.rule import RuleSpec
from handrail.spec.server import (
    ConfinementTable,
    LimitsTable,
    ProgramSpec,
    SecretSpec,
    ServerSpec,
    ServerTable,
    WorkspaceTable,
)
from handrail.spec.telemetry import TelemetryTable
from handrail.spec.tool import (
    CommandSpec,
    ExampleSpec,
    ExpectSpec,
    FilesSpec,
    FreeSpec,
    PagesSpec,
    SecretRef,
)

_TABLES: dict[tuple[Key | type, ...], type[Table]] = {
    (): ServerSpec,
    ("server",): ServerTable,
    ("workspace",): WorkspaceTable,
    ("confinement",): ConfinementTable,
    ("limits",): LimitsTable,
    ("auth",): AuthTable,
    ("auth", "jwt"): JwtTable,
    ("auth", "introspection"): IntrospectionTable,
    ("auth", "oidc"): OidcTable,
    ("access",): AccessTable,
    ("access", "limits"): BudgetTable,
    ("access", "total"): BudgetTable,
    ("access", "roles", str): RoleSpec,
    ("access", "roles", str, "limits"): BudgetTable,
    ("audit",): AuditTable,
    ("http",): HttpTable,
    ("http", "tls"): TlsTable,
    ("telemetry",): TelemetryTable,
    ("programs", str): ProgramSpec,
    ("secrets", str): SecretSpec,
    ("rule", int): RuleSpec,
    ("rule", int, str, object): PatternTable,
    ("tool", int, "params", str): ParamSpec,
    ("tool", int, "env", str): SecretRef,
    ("tool", int, "example", int): ExampleSpec,
    ("tool", int, "example", int, "expect"): ExpectSpec,
}
"""The table at each place; a type stands for any key of it."""
_LISTED = ("tool", "rule")
"""Keys of arrays of tables."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def known_keys(at: tuple[Key, ...]) -> tuple[str, ...]:
    """The keys that the table at `at` may have."""
    if at[2:3] == ("args",):
        return (*CONDITIONS, "args")
    fields = {name: field for model in _models(at) for name, field in model.model_fields.items()}
    return tuple(field.alias or name for name, field in fields.items())


def _models(at: tuple[Key, ...]) -> tuple[type[Table], ...]:
    match at:
        case ("tool", int()):
            return (CommandSpec, FreeSpec, FilesSpec)
        case ("tool", int(), "pages"):
            return (PagesSpec,)
        case _:
            model = _model(at)
            return () if model is None else (model,)


def _model(at: tuple[Key, ...]) -> type[Table] | None:
    found = (model for place, model in _TABLES.items() if _is_at(place, at))
    return next(found, None)


def _is_at(place: tuple[Key | type, ...], at: tuple[Key, ...]) -> bool:
    return len(place) == len(at) and all(
        isinstance(key, said) if isinstance(said, type) else key == said
        for said, key in zip(place, at, strict=True)
    )


def dotted(at: tuple[Key, ...]) -> str:
    """`params.limit.type` or `args[2]`: the place of a key, inside its tool or rule."""
    inside = at[2:] if _is_listed(at) and len(at) > 2 else at
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in inside)
    return text.removeprefix(".")


def table_words(data: dict[str, Any], at: tuple[Key, ...]) -> str:
    """` in tool "git_log"`, ` in [workspace]`, or nothing at the top of the file."""
    if not at:
        return ""
    if not _is_listed(at):
        return f" in [{dotted(at)}]"
    entry = tool_words(data, at) if at[0] == "tool" else f"rule number {int(at[1]) + 1}"
    return f" in {entry}" if len(at) == 2 else f" in {dotted(at)} of {entry}"


def tool_words(data: dict[str, Any], at: tuple[Key, ...]) -> str:
    """`tool "git_log"`, or `tool number 3` when it has no name."""
    index = int(at[1])
    name = data["tool"][index].get("name") if isinstance(data["tool"][index], dict) else None
    return f'tool "{name}"' if isinstance(name, str) else f"tool number {index + 1}"


def _is_listed(at: tuple[Key, ...]) -> bool:
    return at[0] in _LISTED and len(at) > 1


def _key(step: str) -> str:
    return step if _BARE.fullmatch(step) else f'"{step}"'
