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
    """One reason for a decision."""

    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision, and every ground that it rests on."""

    decision: Decision
    grounds: tuple[Ground, ...] = ()
