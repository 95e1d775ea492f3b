"""What the policy says of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

_MOST_TOLD = 3


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

    @property
    def why(self) -> str:
        """The reasons of the grounds that made it, in one sentence without its end."""
        reasons = list(dict.fromkeys(ground.reason.rstrip(".") for ground in self._binding))
        more = [f"and {len(reasons) - _MOST_TOLD} more"] if len(reasons) > _MOST_TOLD else []
        return "; ".join([*reasons[:_MOST_TOLD], *more])

    @property
    def way_out(self) -> str | None:
        """What those grounds say to do about it."""
        hints = dict.fromkeys(ground.hint for ground in self._binding[:_MOST_TOLD] if ground.hint)
        return " ".join(hints) or None

    @property
    def _binding(self) -> tuple[Ground, ...]:
        return tuple(ground for ground in self.grounds if ground.decision is self.decision)
