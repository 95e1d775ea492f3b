"""What a server that was killed left open: calls that began, and have no end."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from typing import Any

from handrail.record.audit.chain import Line
from handrail.record.audit.presence import Dead
from handrail.record.audit.reading import Part, open_parts
from handrail.record.audit.trail import Spot, Trail

Facts = dict[str, Any]


def lost_calls(trail: Trail, servers: Collection[Dead]) -> list[Facts]:
    """The first lines of the calls that ran in these servers when they were killed."""
    since = min((one.since for one in servers), key=lambda spot: (spot.file, spot.offset))
    names = {one.name for one in servers}
    with ExitStack() as stack:
        with trail.still():
            parts = open_parts(stack, trail.place)
        running: dict[str, Facts] = {}
        for facts in _after(parts, since, trail.key):
            if facts.get("server") in names and facts["kind"] == "begin":
                running[facts["call_id"]] = facts
            elif facts["kind"] in ("end", "lost"):
                running.pop(facts["call_id"], None)
        return list(running.values())


def _after(parts: list[Part], since: Spot, key: bytes) -> Iterator[Facts]:
    """What our lines say, from a spot on."""
    known = [part for part in parts if part.first is None or part.first >= since.file]
    for part in known:
        is_there = part is known[0] and part.first in (since.file, None)
        for found in part.lines(min(since.offset, part.size) if is_there else 0):
            line = Line.read(found.raw)
            if line is not None and line.is_genuine(key):
                yield line.facts
