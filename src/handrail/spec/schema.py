"""The JSON Schema of the server file, for editors: completion, hover texts, red lines."""

from __future__ import annotations

from typing import Any

from handrail.spec.packs import tool_names
from handrail.spec.server import ServerSpec
from handrail.spec.units import duration_text, size_text

Node = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ARGUMENT = {"$ref": "#/$defs/Argument"}


def build_schema() -> Node:
    """The schema of the whole file, its keys in the order of the documentation."""
    schema = _tidy(ServerSpec.model_json_schema(by_alias=True))
    definitions = schema.pop("$defs")
    definitions["Argument"] = _argument(definitions)
    definitions["Override"] = _override(definitions["CommandSpec"])
    schema["properties"]["tool"]["items"]["oneOf"].append({"$ref": "#/$defs/Override"})
    head = {
        "$schema": _DIALECT,
        "title": "Handrail server file",
        "description": "What agents may do, as tools of an MCP server.",
    }
    rest = {key: value for key, value in schema.items() if key not in head}
    return {**head, **rest, "$defs": dict(sorted(definitions.items()))}


def _argument(definitions: Node) -> Node:
    """One item of `args`, said once: every list of arguments refers to it."""
    forms = definitions["Group"]["items"]["oneOf"]
    for name in ("Group", "When", "Unless", "Each", "CommandSpec"):
        table = definitions[name]
        holder = table if name == "Group" else table["properties"]["args"]
        holder["items"] = _ARGUMENT
    return {
        "title": "Argument",
        "description": "One element of argv, or elements that depend on a param.",
        "oneOf": forms,
    }


def _override(command: Node) -> Node:
    """A tool that changes one of a pack's. The schema cannot say that the pack must be used."""
    rest = {key: value for key, value in command["properties"].items() if key != "program"}
    return {
        **command,
        "title": "Override",
        "description": "Keys to lay over those of a pack's tool of this name.",
        "properties": {**rest, "name": {**rest["name"], "enum": tool_names()}},
        "required": ["name"],
    }


def _tidy(node: Any) -> Any:
    """What Pydantic writes, without what TOML cannot say and with what people would write."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidy_at(key, value) for key, value in node.items()}
    tidy = _flat(_without_null(tidy))
    if "pattern" in tidy and "default" in tidy:
        tidy["default"] = _written(tidy["default"])
    if "patternProperties" in tidy:
        # The pattern is that of a name; other names are mistakes.
        tidy["additionalProperties"] = False
    if "properties" in tidy:
        # For tombi, which sorts keys when it formats.
        tidy["x-tombi-table-keys-order"] = "schema"
    return tidy


def _tidy_at(key: str, value: Any) -> Any:
    if key in ("properties", "patternProperties", "$defs"):
        # The keys are names of the file's own: one of them is "default", one "pattern".
        return {name: _tidy(schema) for name, schema in value.items()}
    return _tidy(value)


def _without_null(node: Node) -> Node:
    """An optional key is left out; `null` has no place in TOML."""
    if "anyOf" not in node or {"type": "null"} not in node["anyOf"]:
        return node
    rest = [option for option in node["anyOf"] if option != {"type": "null"}]
    kept = {key: value for key, value in node.items() if key not in ("anyOf", "default")}
    return {**rest[0], **kept} if len(rest) == 1 else {**kept, "anyOf": rest}


def _flat(node: Node) -> Node:
    """`anyOf` of bare types as one list of types."""
    options = node.get("anyOf", [])
    if not options or any(option.keys() != {"type"} for option in options):
        return node
    types = [option["type"] for option in options]
    # Every integer is a number.
    types = [one for one in types if not (one == "integer" and "number" in types)]
    kept = {key: value for key, value in node.items() if key != "anyOf"}
    return {**kept, "type": types if len(types) > 1 else types[0]}


def _written(default: str | int | float) -> str:
    match default:
        case str():
            return default
        case int():
            return size_text(default)
        case float():
            return duration_text(default)
