"""What files tools return, as the JSON Schema that clients see: what a program asks for first.

Kept short, for it is sent once for each tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.spec.files import Operation

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer"}
_FLAG: Schema = {"type": "boolean"}
_OBJECT: Schema = {"type": "object"}
_OBJECTS: Schema = {"type": "array", "items": _OBJECT}

_PAGED: Schema = {"next": _OBJECT}
_FILE: Schema = {"path": _TEXT, "size": _COUNT, "hash": _TEXT}

FIELDS: Mapping[Operation, Schema] = {
    Operation.READ: {**_FILE, "text": _TEXT, "encoding": _TEXT, "mime_type": _TEXT, **_PAGED},
    Operation.LIST: {"path": _TEXT, "entries": _OBJECTS, **_PAGED},
    Operation.FIND: {"entries": _OBJECTS, **_PAGED},
    Operation.GREP: {"matches": _OBJECTS, **_PAGED},
    Operation.STAT: {**_FILE, "kind": _TEXT},
    Operation.WRITE: {**_FILE, "created": _FLAG},
    Operation.EDIT: {**_FILE, "diff": _TEXT},
    Operation.MOVE: {"path": _TEXT, "to": _TEXT},
    Operation.COPY: {"path": _TEXT, "to": _TEXT},
    Operation.DELETE: {"path": _TEXT, "id": _TEXT},
    Operation.RESTORE: {"path": _TEXT, "entries": _OBJECTS, **_PAGED},
}
"""The fields of each operation's result; more may come with them."""


def files_schema(operation: Operation) -> dict[str, Any]:
    """The schema of an operation's results, or of an error of ours."""
    return {
        "type": "object",
        "properties": {"call_id": _TEXT, "ok": _FLAG, **FIELDS[operation], "error": _OBJECT},
        "anyOf": [{"required": ["ok"]}, {"required": ["error"]}],
    }
