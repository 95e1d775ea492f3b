"""What every command tool returns, as the JSON Schema that clients see.

It is sent once for each tool, and read by a model each time: it has what callers act on. All fields
are in docs/results.md.
"""

from __future__ import annotations

from typing import Any

from handrail.mcp.files.schema import files_schema
from handrail.spec.tool import FilesSpec, FreeSpec, ToolSpec

_TEXT: dict[str, Any] = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}
_OBJECTS: dict[str, Any] = {"type": "array", "items": _OBJECT}

_PROPERTIES: dict[str, Any] = {
    "ok": {"type": "boolean"},
    "ending": _OBJECT,
    "stdout": _TEXT,
    "stderr": _TEXT,
}
_OUTPUTS: dict[str, Any] = {
    "lines": {"type": "array", "items": _TEXT},
    "jsonl": {"type": "array"},
    "csv": _OBJECTS,
}


def output_schema(tool: ToolSpec) -> dict[str, Any]:
    """The schema of a tool's results: those of the command, or an error of ours."""
    if isinstance(tool, FilesSpec):
        return files_schema(tool.files)
    properties = {**_PROPERTIES, **_parsed(tool.parse)}
    if isinstance(tool, FreeSpec):
        properties["stages"] = _OBJECTS
    return {"type": "object", "properties": {**properties, "error": _OBJECT}}


def _parsed(how: str) -> dict[str, Any]:
    if how == "text":
        return {}
    return {"output": _OBJECT if how.startswith("git:") else _OUTPUTS.get(how, {})}
