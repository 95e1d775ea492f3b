"""Which records of an audit are wanted, and how each looks on one line."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from handrail.errors import UsageError
from handrail.mcp.clean import clean
from handrail.spec.units import seconds

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record must be to be shown; None takes all."""

    caller: str | None = None
    tool: str | None = None
    decision: str | None = None
    ended: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, facts: Facts) -> bool:
        """Whether a record is wanted."""
        at = datetime.fromisoformat(facts["time"])
        return (
            _fits(self.caller, facts.get("caller"))
            and _fits(self.tool, facts.get("tool"))
            and self.decision in (None, facts.get("verdict", {}).get("decision"))
            and self.ended in (None, *ending(facts))
            and (self.since is None or self.since <= at)
            and (self.until is None or at <= self.until)
        )


def _fits(wanted: str | None, found: object) -> bool:
    return wanted is None or fnmatch.fnmatchcase(str(found or ""), wanted)


def when(text: str) -> datetime:
    """`1h` ago, or a time; without a zone, that of this machine. Raises `UsageError`."""
    try:
        return datetime.now(UTC) - timedelta(seconds=seconds(text))
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise UsageError(
            f"{text!r} is no time", hint="Write 1h, 2d, or 2026-11-23T08:00."
        ) from None


def ending(facts: Facts) -> tuple[str, ...]:
    """How a call ended: its kind, and what more there is to say of it."""
    match facts:
        case {"error": {"code": code}}:
            return (code,)
        case {"ending": {"kind": "exited", "code": code}}:
            return ("exited", str(code))
        case {"ending": {"kind": kind, **more}}:
            return (kind, *map(str, more.values()))
        case _:
            return (str(facts.get("kind", "unknown")),)


def row(facts: Facts) -> str:
    """`2026-11-23 08:48:32  ann  git_log  exited 0  0.08s  git log -n 20`, whatever is in it."""
    time = datetime.fromisoformat(facts["time"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    took = f"{facts['seconds']:.2f}s" if "seconds" in facts else "-"
    cells = (
        time,
        f"{_plain(facts.get('caller', '-')):<10}",
        f"{_plain(facts.get('tool', '-')):<14}",
        f"{_plain(' '.join(ending(facts))):<14}",
        f"{took:>7}",
        _plain(_what(facts)),
    )
    return "  ".join(cells).rstrip()


def _what(facts: Facts) -> str:
    match facts.get("plan"):
        case {"argv": argv}:
            return _command(argv)
        case {"pipe": argvs}:
            return " | ".join(map(_command, argvs))
        case {"files": operation, "arguments": arguments}:
            return shlex.join([operation, *arguments])
        case _:
            return str(facts.get("error", {}).get("message", ""))


def _command(argv: list[str]) -> str:
    return shlex.join([Path(argv[0]).name, *argv[1:]])


def _plain(text: str) -> str:
    """On one line, without anything that a terminal would obey."""
    return " ".join(clean(str(text).encode("utf-8", "surrogateescape")).text.split())
