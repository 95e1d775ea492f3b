"""Who can be asked for an approval in the course of a request: the person at the client."""

from __future__ import annotations

from fastmcp.server.context import Context
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from handrail.call import Line
from handrail.errors import ApprovalRequired
from handrail.mcp.form import form, read, shows_forms
from handrail.mcp.rounds import Rounds
from handrail.policy.approval import Approval, Approver, Nobody
from handrail.policy.question import Question


def approver_for(context: Context | None, line: Line) -> Approver:
    """The way to ask that the client of a request has. Background workers have no `context`."""
    if context is None or context.is_background_task or not shows_forms(context):
        return Nobody()
    request = context.request_context
    if request is not None and request.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return Rounds(context, line.spent, line.patience_seconds)
    return Dialog(context)


class Dialog:
    """Asks while the call waits, by elicitation/create: on protocols up to 2025-11-25."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def approve(self, question: Question) -> Approval:
        """The person's word. Raises `ApprovalRequired` when the client does not bring it."""
        params, context = form(question), self._context
        try:
            answer = await context.session.elicit_form(
                params.message, params.requested_schema, context.request_id
            )
        except (MCPError, ValidationError):
            raise ApprovalRequired(
                "the client could not ask the person",
                hint="Its log may say why. The person can do it themselves at a terminal: "
                f"handrail call {question.plan.tool}.",
            ) from None
        return read(answer, context)
