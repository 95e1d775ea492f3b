"""A person's word that a plan may be done, and who can ask for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from handrail.errors import ApprovalRequired, Draining
from handrail.policy.question import Question

PATIENCE_SECONDS = 300.0
"""How long a question waits for its answer; then it expires."""


@dataclass(frozen=True, slots=True)
class Approval:
    """The word for one plan: `by` says who gave it and how, `at` when (UTC)."""

    by: str
    at: datetime

    @classmethod
    def now(cls, by: str) -> Approval:
        """The word that was given just now."""
        return cls(by, datetime.now(UTC))


class Approver(Protocol):
    """A way to ask a person."""

    async def approve(self, question: Question) -> Approval:
        """The person's word for exactly this plan.

        Raises `ApprovalDeclined` when the answer is not a clear yes, and `ApprovalRequired`
        when there is no answer.
        """


class Nobody:
    """Where no person can be asked."""

    async def approve(self, question: Question) -> Approval:
        """Raises `ApprovalRequired`, saying how to go on."""
        tool = question.plan.tool
        raise ApprovalRequired(
            f"{question.verdict.why}; nobody can be asked here",
            hint="Tell the person what you wanted to do. They can connect a client that supports "
            f"elicitation, or do it themselves at a terminal: handrail call {tool}. The server's "
            'owner may change the rule, or declare `approval = "never"` for the tool.',
        )


def expired() -> ApprovalRequired:
    """What to raise when the answer comes too late, or not at all."""
    return ApprovalRequired(
        "the question expired before the person answered it",
        hint="Call again when they are there to answer.",
    )


def changed() -> ApprovalRequired:
    """What to raise when the plan is not the one that the person was shown."""
    return ApprovalRequired(
        "what would be done has changed since the person was asked",
        hint="Call again, so that they see it as it is now.",
    )


async def ask(
    approver: Approver,
    question: Question,
    stopped: asyncio.Future[Any],
    *,
    patience_seconds: float,
) -> Approval:
    """Wait for the answer to `question`, until it expires or the call is `stopped`.

    Raises what `Approver.approve` raises, and `Draining` for a stopped call.
    """
    asking = asyncio.ensure_future(approver.approve(question))
    try:
        await asyncio.wait(
            [asking, stopped], timeout=patience_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if asking.done():
            return asking.result()
    finally:
        # The person is told, where that can be done, that no answer is wanted any more.
        asking.cancel()
        await asyncio.wait([asking])
    if stopped.done():
        raise Draining("the call was stopped while it waited for a person's approval")
    raise expired()
