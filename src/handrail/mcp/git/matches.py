"""`git grep -z --line-number` (git-grep(1))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handrail.mcp.git.fields import Fields, place, text

_LONGEST_LINE = 500


def parse(raw: bytes) -> dict[str, Any]:
    """The lines that match: a path may hold line ends, so it is read first, up to its NUL."""
    fields, found = Fields(raw), []
    while fields.more:
        path, number = fields.take(), int(fields.take())
        line = fields.line()
        found.append({**place(path), "line": number, "text": text(line, _LONGEST_LINE)})
    return {"matches": found}


def tell(value: dict[str, Any]) -> Iterator[str]:
    """`path:line:text`."""
    for one in value["matches"]:
        yield f"{one['path']}:{one['line']}:{one['text']}"
