"""Python's tables have the keys of the server file's."""

from __future__ import annotations

from typing import NotRequired, Required, get_origin, get_type_hints

import pytest

from handrail.project import tables, tool_tables
from handrail.spec import access, audit, auth, element, http, param, rule, server, telemetry, tool
from handrail.spec.model import Table

PAIRS: list[tuple[type, type[Table]]] = [
    (tables.Server, server.ServerTable),
    (tables.Workspace, server.WorkspaceTable),
    (tables.Program, server.ProgramSpec),
    (tables.SecretSource, server.SecretSpec),
    (tables.Confinement, server.ConfinementTable),
    (tables.Limits, server.LimitsTable),
    (tables.Auth, auth.AuthTable),
    (tables.Jwt, auth.JwtTable),
    (tables.Introspection, auth.IntrospectionTable),
    (tables.Oidc, auth.OidcTable),
    (tables.Proxy, auth.ProxyTable),
    (tables.Access, access.AccessTable),
    (tables.Role, access.RoleSpec),
    (tables.Budget, access.BudgetTable),
    (tables.Audit, audit.AuditTable),
    (tables.Http, http.HttpTable),
    (tables.Tls, http.TlsTable),
    (tables.Telemetry, telemetry.TelemetryTable),
    (tables.Rule, rule.RuleSpec),
    (tables.Pattern, element.PatternTable),
    (tool_tables.Command, tool.CommandSpec),
    (tool_tables.Free, tool.FreeSpec),
    (tool_tables.Files, tool.FilesSpec),
    (tool_tables.Param, param.ParamSpec),
    (tool_tables.Example, tool.ExampleSpec),
    (tool_tables.Expect, tool.ExpectSpec),
    (tool_tables.Pages, tool.PagesSpec),
    (tool_tables.Secret, tool.SecretRef),
]


@pytest.mark.parametrize(("table", "model"), PAIRS, ids=lambda one: one.__name__)
def test_a_table_has_the_keys_of_the_server_file(table: type, model: type[Table]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}

    assert set(get_type_hints(table)) == keys
    assert {
        field.alias or name for name, field in model.model_fields.items() if field.is_required()
    } <= _required(table)


def _required(table: type) -> set[str]:
    is_total: bool = table.__total__  # type: ignore[attr-defined]  # that of TypedDict
    needed = (Required, NotRequired)[not is_total]
    hints = get_type_hints(table, include_extras=True)
    origins = {key: get_origin(hint) for key, hint in hints.items()}
    said = (Required, NotRequired)
    return {
        key for key, origin in origins.items() if (origin if origin in said else needed) is Required
    }
