"""Audits in a folder of the test's own, and a look at them."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any

from handrail.record.audit.begin import open_trail, read_key
from handrail.record.audit.facts import line
from handrail.record.audit.finding import Report
from handrail.record.audit.head import Head
from handrail.record.audit.place import Place
from handrail.record.audit.reading import lines, snapshot
from handrail.record.audit.trail import Trail
from handrail.record.audit.verify import verify

MUCH = 1 << 30


def place_in(folder: Path) -> Place:
    return Place.of(folder / "audit.jsonl")


def trail_in(folder: Path, rotate_bytes: int = MUCH, keep: int | None = None) -> Trail:
    return open_trail(place_in(folder), rotate_bytes, keep)


def write(trail: Trail, *call_ids: str) -> None:
    """A record for each."""
    facts = [line("end", "a", {"call_id": one, "tool": "t", "caller": "c"}) for one in call_ids]
    trail.append(deque(facts), lambda loss: line("gap", "a", loss))


def keep(folder: Path, *call_ids: str, rotate_bytes: int = MUCH) -> None:
    """A server writes these records, and ends."""
    trail = trail_in(folder, rotate_bytes)
    try:
        write(trail, *call_ids)
    finally:
        trail.close()


def records(folder: Path) -> list[dict[str, Any]]:
    """What is written, in order."""
    found = [path.read_text().splitlines() for _, path in place_in(folder).files()]
    return [json.loads(line) for one in found for line in one]


def verified(folder: Path) -> Report:
    place = place_in(folder)
    key = read_key(place.key)
    with snapshot(place) as (raw, parts):
        return verify(lines(parts), key, Head.decode(raw, key))


def found(folder: Path) -> list[tuple[str, int | None, int | None]]:
    """Every finding: what was done, and to which numbers."""
    return [(one.fault.value, one.first, one.last) for one in verified(folder).findings]
