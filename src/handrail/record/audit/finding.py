"""What is wrong with an audit, and what is no wrong but should be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What was done to a line, or to several."""

    CHANGED = "changed"
    """It is not what was written under its number."""
    REMOVED = "removed"
    """It is missing, though lines after it are there."""
    TRUNCATED = "truncated"
    """It is missing at the end."""
    REORDERED = "reordered"
    """It is ours, and elsewhere than it was written."""
    DUPLICATED = "duplicated"
    """It is ours, and there more than once."""
    FOREIGN = "foreign"
    """It was never written by a server that has the key."""
    GARBLED = "garbled"
    """It is no line of an audit."""
    FORKED = "forked"
    """It is ours, and follows another line than the one before it: two histories were joined."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: of the lines from number `first` to `last`, found at `where` (file:line)."""

    fault: Fault
    first: int | None = None
    last: int | None = None
    where: str = ""
    call_id: str | None = None
    detail: str = ""

    def __str__(self) -> str:
        parts = [self.where, self._numbers(), self.call_id and f"call {self.call_id}", self.detail]
        return f"{self.fault.value}: {', '.join(part for part in parts if part)}"

    def _numbers(self) -> str:
        if self.first is None:
            return ""
        if self.last is None or self.last == self.first:
            return f"seq {self.first}"
        return f"seq {self.first} to {self.last}"


@dataclass(slots=True)
class Report:
    """What came of looking through an audit."""

    records: int = 0
    """Lines that are ours."""
    first: int = 0
    last: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is no tampering: calls lost with a killed server, records that a full disk cost."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, removed, moved or added."""
        return not self.findings
