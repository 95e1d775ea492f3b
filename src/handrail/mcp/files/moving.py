"""What moving, copying, deleting and restoring say to a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.mcp.clean import visible

Value = Mapping[str, Any]


def tell_move(value: Value) -> str:
    """From where to where."""
    return f"Moved {value['path']} to {value['to']}."


def tell_copy(value: Value) -> str:
    """From where to where, and how much."""
    count = value["files"]
    files = f"{count:,} file{'' if count == 1 else 's'}, {value['size']:,} bytes"
    return f"Copied {value['path']} to {value['to']}: {files}."


def tell_delete(value: Value) -> str:
    """What is gone, and how it comes back."""
    return (
        f"Deleted the {value['kind']} {value['path']}. "
        f'It is in the trash: restore_file(id="{value["id"]}") brings it back.'
    )


def tell_restore(value: Value) -> str:
    """Where it is again, or what there is."""
    if "entries" not in value:
        return f"Restored the {value['kind']} {value['path']}."
    lines = [_entry(entry) for entry in value["entries"]] or ["The trash is empty."]
    if "left_out" in value:
        lines.append(f"{value['left_out']:,} older ones are not shown.")
    return visible("\n".join(lines)).text


def _entry(entry: Value) -> str:
    return f"{entry['id']}  {entry['kind']}  {entry['size']:,} bytes  {entry['path']}"
