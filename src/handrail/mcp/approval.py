"""Who can be asked for an approval in the course of a request: the person at the client."""

from __future__ import annotations

from fastmcp.server.context import Context
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from handrail.call import Line
from handrail.errors import ApprovalRequired
from handrail.mcp.form import form, read, shows_forms
from handrail.mcp.question import tell
from handrail.mcp.rounds import Rounds
from handrail.meter.spent import Spent
from handrail.policy.approval import Approval, Approver, Nobody
from handrail.policy.question import Question


def approver_for(context: Context | None, line: Line) -> Approver:
    """The way to ask that the client of a request has. Background workers have no `context`."""
    return asker_for(context, line.spent, line.patience_seconds) or Nobody()


def asker_for(
    context: Context | None, spent: Spent, patience_seconds: float
) -> Rounds | Dialog | None:
    """The same, for whatever a person is asked; None where nobody can be."""
    if context is None or context.is_background_task or not shows_forms(context):
        return None
    request = context.request_context
    if request is not None and request.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return Rounds(context, spent, patience_seconds)
    return Dialog(context)


class Dialog:
    """Asks while the call waits, by elicitation/create: on protocols up to 2025-11-25."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def approve(self, question: Question) -> Approval:
        """The person's word. Raises `ApprovalRequired` when the client does not bring it."""
        try:
            return await self.ask(tell(question), question.digest)
        except ApprovalRequired as failed:
            hint = (
                "Its log may say why. The person can do it themselves at a terminal: "
                f"handrail call {question.plan.tool}."
            )
            raise ApprovalRequired(failed.message, hint=hint) from None

    async def ask(self, message: str, _: str) -> Approval:
        """The same for any `message`. The call waits, so nothing else can be answered."""
        params, context = form(message), self._context
        try:
            answer = await context.session.elicit_form(
                params.message, params.requested_schema, context.request_id
            )
        except (MCPError, ValidationError):
            raise ApprovalRequired("the client could not ask the person") from None
        return read(answer, context)
