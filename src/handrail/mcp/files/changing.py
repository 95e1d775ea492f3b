"""What the editing of a file says to a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.mcp.clean import visible


def tell_edit(value: Mapping[str, Any]) -> str:
    """What was done or would be, the hash to go on with, and the diff."""
    did = "Changed" if value["changed"] else "Nothing is changed yet in"
    hash_ = f"{value['size']:,} bytes, hash {value['hash']}"
    parts = [f"{did} {value['path']} ({_count(value)}): {hash_}.", value["diff"].rstrip("\n")]
    if value.get("diff_cut"):
        parts.append(
            "The diff goes on; it is cut here. Next: read_file shows the rest of the file."
        )
    if not value["changed"]:
        parts.append("Next: call it again without dry_run to change the file so.")
    return visible("\n\n".join(parts).replace("\r\n", "\n")).text


def _count(value: Mapping[str, Any]) -> str:
    what = "hunk" if "hunks" in value else "replacement"
    count = value[f"{what}s"]
    return f"{count:,} {what}{'' if count == 1 else 's'}"
