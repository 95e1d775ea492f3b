"""Who pays for a call, and what they may use."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.spec.access import BudgetTable


@dataclass(frozen=True, slots=True)
class Account:
    """A caller, as the meter sees it."""

    name: str
    budget: BudgetTable


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call used. Times are seconds, volumes bytes."""

    cpu: float = 0.0
    wall: float = 0.0
    output: int = 0
    stored: int = 0
