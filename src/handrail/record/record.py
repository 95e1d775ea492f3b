"""One line of history for each call."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from handrail.plan.plan import Plan
from handrail.policy.approval import Approval
from handrail.policy.caller import LOCAL, Caller
from handrail.policy.decision import Verdict
from handrail.process.outcome import Outcome
from handrail.record.steps import Steps
from handrail.record.trace import Trace


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Refused:
    """The call was not done; `code` is the published one."""

    code: str
    message: str


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """A call: what was wanted, what was planned, what was decided, and how it ended.

    It grows while the call goes down the line, so that whatever ends it, what is known is kept.

    `plan` and `verdict` are missing when the call did not get that far, `approval` when none
    was needed or given, `end` as long as it runs, and `trace` when the caller began none.
    `ok_exit` are the tool's exit codes that mean success.
    """

    call_id: str
    tool: str
    caller: Caller = LOCAL
    began: datetime = field(default_factory=_now)
    plan: Plan | None = None
    verdict: Verdict | None = None
    approval: Approval | None = None
    end: Outcome | Refused | None = None
    steps: Steps = field(default_factory=Steps)
    trace: Trace | None = None
    ok_exit: Collection[int] = (0,)

    @property
    def ok(self) -> bool:
        """Whether it was done, and went well."""
        return isinstance(self.end, Outcome) and self.end.is_ok(self.ok_exit)


class Recorder(Protocol):
    """Keeps records."""

    @property
    def is_failing(self) -> bool:
        """Whether it cannot keep them now, so that tools with effects are refused."""

    async def begin(self, call: CallRecord) -> None:
        """Keep that a call is about to start what it was planned to do.

        Raises `CallError` when that cannot be kept: then nothing may start.
        """

    async def end(self, call: CallRecord) -> None:
        """Keep how a call ended. Never raises: what was done, was done."""


@dataclass(frozen=True, slots=True)
class Recorders:
    """Several of them, one after the other."""

    every: tuple[Recorder, ...]

    def __iter__(self) -> Iterator[Recorder]:
        """Each, also those of recorders within it."""
        for one in self.every:
            if isinstance(one, Recorders):
                yield from one
            else:
                yield one

    @property
    def is_failing(self) -> bool:
        """Whether one of them is."""
        return any(one.is_failing for one in self.every)

    async def begin(self, call: CallRecord) -> None:
        """Keep it with each; the first that cannot stops the call."""
        for one in self.every:
            await one.begin(call)

    async def end(self, call: CallRecord) -> None:
        """Keep it with each."""
        for one in self.every:
            await one.end(call)
