"""One line of history for each call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from handrail.plan.plan import Plan
from handrail.policy.approval import Approval
from handrail.policy.decision import Verdict
from handrail.process.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Refused:
    """The call was not done; `code` is the published one."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """A call: what was wanted, what was planned, what was decided, and how it ended.

    `plan` and `verdict` are missing when the call did not get that far, and `approval` when
    none was needed or given.
    """

    call_id: str
    tool: str
    plan: Plan | None
    verdict: Verdict | None
    approval: Approval | None = None
    end: Outcome | Refused


class Recorder(Protocol):
    """Keeps records."""

    def record(self, call: CallRecord) -> None:
        """Keep one."""
