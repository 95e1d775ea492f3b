"""What every command tool returns, as the JSON Schema that clients see. Kept short: it is sent
once for each tool."""

from __future__ import annotations

from typing import Any

from handrail.mcp.files.schema import files_schema
from handrail.spec.tool import FilesSpec, FreeSpec, ToolSpec

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}
_INTEGER: dict[str, Any] = {"type": "integer"}
_OBJECTS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}

_ENDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": _TEXT,
        "code": _INTEGER,
        "signal": _TEXT,
        "after_seconds": _NUMBER,
        "limit_bytes": _INTEGER,
    },
    "required": ["kind"],
}
_PROPERTIES: dict[str, Any] = {
    "call_id": _TEXT,
    "ok": {"type": "boolean"},
    "ending": _ENDING,
    "stdout": _TEXT,
    "stderr": _TEXT,
    "truncated": _OBJECTS,
    "denials": _OBJECTS,
    "seconds": _NUMBER,
    "cpu_seconds": _NUMBER,
    "max_rss_bytes": _INTEGER,
    "confinement": {"type": "object"},
}
_ERROR: dict[str, Any] = {"type": "object", "properties": {"code": _TEXT, "message": _TEXT}}
_OUTPUTS: dict[str, Any] = {
    "lines": {"type": "array", "items": _TEXT},
    "jsonl": {"type": "array"},
    "csv": _OBJECTS,
}


def output_schema(tool: ToolSpec) -> dict[str, Any]:
    """The schema of a tool's results: those of the command, or an error of ours."""
    if isinstance(tool, FilesSpec):
        return files_schema(tool.files)
    parsed = (
        {}
        if tool.parse == "text"
        else {
            "output": _OUTPUTS.get(tool.parse, {}),
            "parse_error": _TEXT,
        }
    )
    stages = {"stages": _OBJECTS} if isinstance(tool, FreeSpec) else {}
    return {
        "type": "object",
        "properties": {**_PROPERTIES, **parsed, **stages, "error": _ERROR},
        "anyOf": [{"required": ["call_id", "ok", "ending"]}, {"required": ["error"]}],
    }
