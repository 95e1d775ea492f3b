"""What the templates of a project are told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from handrail.scaffold.eject.choices import Choices, Part
from handrail.scaffold.eject.modules import variable
from handrail.scaffold.eject.names import module_names, package_name
from handrail.scaffold.eject.words import arguments, plain
from handrail.spec.param import ParamSpec
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, ToolSpec

HOMES = {
    "server": "settings", "workspace": "settings", "programs": "settings",
    "secrets": "settings", "confinement": "settings", "limits": "settings",
    "audit": "settings", "http": "settings", "telemetry": "settings",
    "auth": "auth", "access": "auth",
    "rule": "policy", "allow": "policy",
}  # fmt: skip
"""The module of each table, in the order in which they are told."""
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")

Data = Mapping[str, Any]


def tables_of(data: Data) -> dict[str, dict[str, Any]]:
    """The tables of a server file by the module that they go to; `settings` is always there."""
    found: dict[str, dict[str, Any]] = {"settings": {}}
    for name, module in HOMES.items():
        if data.get(name) not in (None, {}, []):
            found.setdefault(module, {})[name] = data[name]
    return found


def facts(spec: ServerSpec, data: Data, choices: Choices) -> dict[str, Any]:
    """All that the templates say. `data` is what `spec` was read from, with packs in it."""
    tables = tables_of(data)
    tools = _tools(spec)
    return {
        "name": choices.name,
        "package": package_name(choices.name),
        "title": spec.server.name,
        "summary": f"MCP server: {spec.server.name}",
        "home": f"{package_name(choices.name).upper()}_HOME",
        "requirement": _requirement(),
        "vendor": choices.vendor,
        "workspace": _default_workspace(str(data.get("workspace", {}).get("root", "."))),
        "tools": sorted(tools, key=lambda tool: str(tool["module"])),
        "tools_in_order": tools,
        "modules": sorted({"custom", *tables}),
        "tables": [
            {"key": name, "module": module, "variable": variable(name)}
            for module, inside in tables.items()
            for name in inside
        ],
        "tier": spec.confinement.require.value,
        "per_caller": spec.workspace.per_caller,
        "networked": [tool.name for tool in spec.tools if tool.network],
        "writers": [tool.name for tool in spec.tools if tool.effect is not Effect.READ],
        "has_auth": spec.auth.is_set,
        "has_rules": "policy" in tables,
        "has_secrets": bool(spec.secrets),
        "has_clients": Part.CLIENTS in choices.parts,
        "has_profiles": any("/" in (one.profile or "") for one in spec.programs.values()),
        "secrets": list(spec.secrets),
        "env_secrets": sorted(one.env for one in spec.secrets.values() if one.env),
        "variables": _variables(spec, data),
        "apt": sorted({one.apt for one in spec.programs.values() if one.apt}),
        "benchmarks": Part.BENCHMARKS in choices.parts,
        "container": Part.CONTAINER in choices.parts,
        "kubernetes": Part.KUBERNETES in choices.parts,
    }


def _tools(spec: ServerSpec) -> list[dict[str, Any]]:
    modules = module_names([tool.name for tool in spec.tools])
    return [
        {
            "name": tool.name,
            "module": module,
            "summary": plain(tool.description).partition(". ")[0].removesuffix(".") + ".",
            "description": tool.description,
            "effect": tool.effect.value,
            "programs": tool.program_names,
            "params": [_param(name, param) for name, param in tool.accepts.items()],
            "examples": [_example(tool, one.args) for one in tool.examples],
        }
        for tool, module in zip(spec.tools, modules, strict=True)
    ]


def _param(name: str, param: ParamSpec) -> dict[str, str]:
    kind = f"{param.type.value} list" if param.repeat else param.type.value
    if param.required:
        need = "required"
    elif param.default is None or param.sensitive:
        need = "optional"
    else:
        need = f"default {param.default!r}"
    return {
        "name": name,
        "type": kind,
        "need": need,
        "description": param.description or "",
    }


def _example(tool: ToolSpec, values: Mapping[str, object]) -> str:
    return f"{tool.name} {arguments(dict(values))}"


def _requirement() -> str:
    major, minor, *_ = version("handrail").split(".")
    above = f"{major}.{int(minor) + 1}" if major == "0" else str(int(major) + 1)
    return f"handrail>={version('handrail')},<{above}"


def _default_workspace(root: str) -> str:
    found = re.fullmatch(r"\$\{[A-Za-z_][A-Za-z0-9_]*:-(.*)\}", root)
    return plain(found[1] if found else root)


def _variables(spec: ServerSpec, data: Data) -> Sequence[str]:
    """The variables of the environment that settings name, WORKSPACE aside."""
    said = {name for text in _texts(data) for name in _VARIABLE.findall(text)}
    secrets = {one.env for one in spec.secrets.values() if one.env}
    return sorted((said | secrets) - {"WORKSPACE"})


def _texts(data: object) -> Iterator[str]:
    match data:
        case str():
            yield data
        case Mapping():
            for key, value in data.items():
                if key not in ("tool", "server"):
                    yield from _texts(value)
        case Sequence():
            for value in data:
                yield from _texts(value)
        case _:
            pass
