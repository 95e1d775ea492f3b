"""The person at the client, asked as for every approval: see `handrail.mcp.approval`.

Protocols up to 2025-11-25 ask while the call waits. On 2026-07-28 the answer to the call is the
question, and comes with the next call; between the two the client keeps a sealed state.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import mcp_types
from fastmcp.server.context import Context
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from handrail.errors import ApprovalRequired
from handrail.mcp.form import read, shows_forms
from handrail.mcp.rounds import Asked, State
from handrail.meter.spent import Spent
from handrail.meter.store import steady_clock
from handrail.policy.approval import PATIENCE_SECONDS, Approval, changed, expired
from handrail.scaffold.builder.question import Question

_KEY = "approval"
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "approve": {
            "type": "boolean",
            "title": "Approve",
            "description": "Yes: write exactly this file.",
            "default": False,
        }
    },
    "required": ["approve"],
}
_now = steady_clock()


async def ask(context: Context, spent: Spent, question: Question) -> Approval:
    """The person's word. Raises `ApprovalDeclined`, `ApprovalRequired` and `Asked`."""
    if not shows_forms(context):
        raise ApprovalRequired("a person must approve, and this client cannot ask one")
    form = mcp_types.ElicitRequestFormParams(message=question.text, requested_schema=_SCHEMA)
    request = context.request_context
    if request is not None and request.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return _heard(context, spent, question, form)
    return await _waited(context, form)


async def _waited(context: Context, form: mcp_types.ElicitRequestFormParams) -> Approval:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await context.session.elicit_form(
                form.message, form.requested_schema, context.request_id
            )
    except TimeoutError:
        raise expired() from None
    except (MCPError, ValidationError):
        raise ApprovalRequired("the client could not ask the person") from None
    return read(answer, context)


def _heard(
    context: Context, spent: Spent, question: Question, form: mcp_types.ElicitRequestFormParams
) -> Approval:
    state, answers = context.request_state, context.input_responses or {}
    if state is None or _KEY not in answers:
        until = _now() + PATIENCE_SECONDS
        fresh = State(secrets.token_hex(16), question.digest, until)
        request = mcp_types.ElicitRequest(params=form)
        raise Asked(
            mcp_types.InputRequiredResult(input_requests={_KEY: request}, request_state=str(fresh))
        )
    _check(State.parse(state), spent, question)
    return read(answers[_KEY], context)


def _check(state: State, spent: Spent, question: Question) -> None:
    now = _now()
    if state.until <= now:
        raise expired()
    if not spent.spend(state.nonce, now=now, until=state.until):
        raise ApprovalRequired(
            "the question was answered before, and an answer counts once",
            hint="Call again without the old state to ask anew.",
        )
    if state.digest != question.digest:
        raise changed()
