"""What lists say of a file or folder."""

from __future__ import annotations

from handrail.systems.files.names import is_odd, shown
from handrail.systems.files.walk import FILE, Entry


def told(entry: Entry) -> dict[str, object]:
    """Its path and kind, and what else there is to say: bytes, entries, a note."""
    said: dict[str, object] = {"path": shown(entry.path), "kind": entry.kind}
    status = entry.status() if entry.kind == FILE else None
    known = {
        "size": None if status is None else status.st_size,
        "entries": entry.entries,
        "odd": is_odd(entry.path) or None,
        "ignored": entry.ignored or None,
        "note": entry.note,
    }
    return said | {name: value for name, value in known.items() if value is not None}
