"""Asking on protocol 2026-07-28: the answer to a call is a question, and the next call answers it.

Between the two, the server keeps nothing: the client has what was asked, in a state that the
framework seals (AES-GCM) and binds to the tool, its arguments and the caller. In it is the digest
of the plan that the person was shown.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

import mcp_types
from fastmcp.server.context import Context
from mcp.server.request_state import RequestStateSecurity

from handrail.errors import ApprovalRequired
from handrail.mcp.form import form, read
from handrail.mcp.question import tell
from handrail.meter.spent import Spent
from handrail.meter.store import steady_clock
from handrail.policy.approval import Approval, changed, expired
from handrail.policy.question import Question

_ONE_DAY_SECONDS = 86_400.0
_KEY = "approval"
# Whoever sets the machine's clock makes no answer count twice.
_now = steady_clock()


class Asked(ApprovalRequired):
    """The call ends with a question: `round` has it, for the client."""

    def __init__(self, asked: mcp_types.InputRequiredResult) -> None:
        super().__init__("a person is asked; the answer comes with another call")
        self.round = asked


@dataclass(frozen=True, slots=True)
class State:
    """What the client brings back: which question it was, of which plan, and until when."""

    nonce: str
    digest: str
    until: float

    @classmethod
    def parse(cls, text: str) -> State:
        """What the framework has unsealed: our own words, for nobody else has the key."""
        return cls(**json.loads(text))

    def __str__(self) -> str:
        return json.dumps(asdict(self))


class Rounds:
    """Asks the person at the client of one request."""

    def __init__(self, context: Context, spent: Spent, patience_seconds: float) -> None:
        self._context = context
        self._spent = spent
        self._patience_seconds = patience_seconds

    async def approve(self, question: Question) -> Approval:
        """The answer that the call brings. Raises `Asked` when it brings none."""
        return await self.ask(tell(question), question.digest)

    async def ask(self, message: str, digest: str) -> Approval:
        """The same for any `message`; the answer is bound to `digest`."""
        state, answers = self._context.request_state, self._context.input_responses or {}
        if state is None or _KEY not in answers:
            raise Asked(self._round(message, digest))
        self._check(State.parse(state), digest)
        return read(answers[_KEY], self._context)

    def _round(self, message: str, digest: str) -> mcp_types.InputRequiredResult:
        until = _now() + self._patience_seconds
        state = State(secrets.token_hex(16), digest, until)
        return mcp_types.InputRequiredResult(
            input_requests={_KEY: mcp_types.ElicitRequest(params=form(message))},
            request_state=str(state),
        )

    def _check(self, state: State, digest: str) -> None:
        now = _now()
        if state.until <= now:
            raise expired()
        if not self._spent.spend(state.nonce, now=now, until=state.until):
            raise ApprovalRequired(
                "the question was answered before, and an answer counts once",
                hint="Call again without the old state to ask anew.",
            )
        if state.digest != digest:
            raise changed()


def sealing() -> RequestStateSecurity:
    """Seals states by a key that dies with this process.

    Questions expire long before their seals do: that is for `Rounds` to say.
    """
    return RequestStateSecurity.ephemeral(ttl=_ONE_DAY_SECONDS)
