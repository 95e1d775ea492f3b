"""What the policy says of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Decision(IntEnum):
    """Ordered by strictness, so that `max` picks the one that binds."""

    ALLOW = 0
    ASK = 1
    DENY = 2


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a decision: who says so, and the way out."""

    decision: Decision
    reason: str
    source: str = ""
    """What made it: a rule by its place, a profile, the tool's own keys."""
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, and every ground that it rests on."""

    decision: Decision
    grounds: tuple[Ground, ...] = ()
