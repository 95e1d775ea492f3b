"""The person at the client, asked as for every approval: see `handrail.mcp.approval`."""

from __future__ import annotations

import asyncio

from fastmcp.server.context import Context

from handrail.errors import ApprovalRequired
from handrail.mcp.approval import asker_for
from handrail.meter.spent import Spent
from handrail.policy.approval import PATIENCE_SECONDS, Approval, expired
from handrail.scaffold.builder.question import Question


async def ask(context: Context, spent: Spent, question: Question) -> Approval:
    """The person's word. Raises `ApprovalDeclined`, `ApprovalRequired` and `Asked`."""
    asker = asker_for(context, spent, PATIENCE_SECONDS)
    if asker is None:
        raise ApprovalRequired("a person must approve, and this client cannot ask one")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asker.ask(question.text, question.digest)
    except TimeoutError:
        raise expired() from None
