"""A tool's params as the JSON Schema that clients see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handrail.spec import free
from handrail.spec.param import ParamSpec, ParamType
from handrail.spec.tool import FreeSpec, ToolSpec

_JSON_TYPES = {
    ParamType.STRING: "string",
    ParamType.INTEGER: "integer",
    ParamType.NUMBER: "number",
    ParamType.BOOLEAN: "boolean",
    ParamType.PATH: "string",
}
_PATH_NOTE = "A path in the workspace."
# What Python's regular expressions have and ECMA-262's lack, or read otherwise.
_PYTHON_ONLY = re.compile(r"\(\?(?:P|[aiLmsux-]+[:)]|\(|#|>)|\\[AZ]|[*+?}]\+")


def arguments_schema(tool: ToolSpec) -> dict[str, Any]:
    """The schema of what callers give `tool`."""
    schema = input_schema(tool.accepts)
    if isinstance(tool, FreeSpec):
        argv = schema["properties"]["argv"]
        argv["description"] += f" Programs: {', '.join(tool.programs)}."
        argv = {"type": "array", "items": {"type": "string"}, "maxItems": free.MOST_WORDS}
        pipe = {"type": "array", "items": argv, "minItems": 2, "maxItems": free.MOST_STAGES}
        schema["properties"][free.PIPE] = {**pipe, "description": free.PIPE_DESCRIPTION}
    return schema


def input_schema(params: Mapping[str, ParamSpec]) -> dict[str, Any]:
    """The schema of a tool's arguments: closed, with every bound."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _schema(param) for name, param in params.items()},
        "additionalProperties": False,
    }
    required = [name for name, param in params.items() if param.required]
    return {**schema, "required": required} if required else schema


def _schema(param: ParamSpec) -> dict[str, Any]:
    one = _one(param)
    whole = {"type": "array", "items": one, "maxItems": param.most_items} if param.repeat else one
    described = " ".join(filter(None, [param.description, _note(param)]))
    if described:
        whole["description"] = described
    if param.default is not None and not param.sensitive:
        whole["default"] = param.default
    return whole


def _note(param: ParamSpec) -> str:
    return _PATH_NOTE if param.type is ParamType.PATH else ""


def _one(param: ParamSpec) -> dict[str, Any]:
    bounds = {
        "enum": list(param.choices) if param.choices else None,
        "minimum": param.min,
        "maximum": param.max,
        "pattern": _portable(param.pattern),
        "maxLength": _max_length(param),
    }
    return {
        "type": _JSON_TYPES[param.type],
        **{name: bound for name, bound in bounds.items() if bound is not None},
    }


def _max_length(param: ParamSpec) -> int | None:
    if param.type not in (ParamType.STRING, ParamType.PATH) or param.choices:
        return None
    return param.longest


def _portable(pattern: str | None) -> str | None:
    """The pattern anchored, or nothing when other engines would read it otherwise.

    The schema then promises less than is checked; the planner checks all.
    """
    if pattern is None or _PYTHON_ONLY.search(pattern):
        return None
    return f"^(?:{pattern})$"
