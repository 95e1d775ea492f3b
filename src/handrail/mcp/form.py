"""The form that a client shows for a question, and what its answer means."""

from __future__ import annotations

from typing import Any

import mcp_types
from fastmcp.server.context import Context

from handrail.errors import ApprovalDeclined
from handrail.policy.approval import Approval

_LONGEST_NAME = 64
_APPROVE = "approve"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        _APPROVE: {
            "type": "boolean",
            "title": "Approve",
            "description": "Yes: do exactly this, once.",
            "default": False,
        }
    },
    "required": [_APPROVE],
}


def form(message: str) -> mcp_types.ElicitRequestFormParams:
    """One box to tick, which is not ticked."""
    return mcp_types.ElicitRequestFormParams(message=message, requested_schema=_SCHEMA)


def shows_forms(context: Context) -> bool:
    """Whether the client has said that it can; without a mode, elicitation means forms."""
    capabilities = context.session.client_capabilities
    can = None if capabilities is None else capabilities.elicitation
    return can is not None and (can.form is not None or can.url is None)


def read(answer: object, context: Context) -> Approval:
    """The word that an answer gives. Raises `ApprovalDeclined` for all but a clear yes."""
    match answer:
        case mcp_types.ElicitResult(action="accept", content={"approve": True}):
            return Approval.now(f"elicitation by {_client(context)}")
        case mcp_types.ElicitResult(action="cancel"):
            said = "the person closed the question without an answer"
        case _:
            said = "the person said no"
    raise ApprovalDeclined(
        said, hint="Do not ask again for the same; ask the person what they want instead."
    )


def _client(context: Context) -> str:
    params = context.session.client_params
    return "a client" if params is None else ascii(params.client_info.name[:_LONGEST_NAME])
