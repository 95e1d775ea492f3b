"""`git blame --porcelain` (git-blame(1), "The Porcelain Format")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from handrail.mcp.git.fields import SHORT, text

_LINE = re.compile(rb"([0-9a-f]{40,64}) [0-9]+ ([0-9]+)(?: [0-9]+)?")
_NOT_COMMITTED = "0" * SHORT
_LONGEST_LINE = 500


def parse(raw: bytes) -> dict[str, Any]:
    """Each line with its commit's short name, and what those commits are."""
    commits: dict[str, dict[str, str]] = {}
    lines: list[dict[str, Any]] = []
    name, number = "", 0
    for row in raw.removesuffix(b"\n").split(b"\n") if raw else ():
        if row.startswith(b"\t"):
            lines.append({"line": number, "commit": name, "text": text(row[1:], _LONGEST_LINE)})
        elif (found := _LINE.fullmatch(row)) is not None:
            name, number = text(found[1])[:SHORT], int(found[2])
            commits.setdefault(name, {})
        else:
            key, _, said = row.partition(b" ")
            commits[name][text(key)] = text(said)
    if "" in {line["commit"] for line in lines}:
        raise ValueError("it begins with a line of no commit")
    return {"commits": {name: _commit(one) for name, one in commits.items()}, "lines": lines}


def _commit(said: dict[str, str]) -> dict[str, str]:
    return {
        "author": said["author"],
        "email": said["author-mail"].strip("<>"),
        "date": _date(said["author-time"], said["author-tz"]),
        "subject": said.get("summary", ""),
    }


def _date(seconds: str, zone: str) -> str:
    """ISO 8601, as `git log` has it."""
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    offset = timedelta(minutes=-minutes if zone.startswith("-") else minutes)
    return datetime.fromtimestamp(int(seconds), timezone(offset)).isoformat()


def tell(value: dict[str, Any]) -> Iterator[str]:
    """The lines under a heading for each run of lines of one commit."""
    before = None
    for one in value["lines"]:
        if one["commit"] != before:
            yield _heading(one["commit"], value["commits"][one["commit"]])
        yield f"{one['line']:>6}  {one['text']}"
        before = one["commit"]


def _heading(name: str, commit: dict[str, str]) -> str:
    if name == _NOT_COMMITTED:
        return "not committed yet"
    return f"{name} {commit['date']} {commit['author']}: {commit['subject']}"
