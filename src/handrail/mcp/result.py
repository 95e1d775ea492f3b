"""Answers and refusals as protocol results."""

from __future__ import annotations

from fastmcp.tools.base import InputRequiredToolResult, ToolResult

from handrail.errors import CallError
from handrail.mcp import prose, refusal
from handrail.mcp.answer import Answer
from handrail.mcp.retry_after import say_retry_after
from handrail.mcp.rounds import Asked


def from_answer(answer: Answer) -> ToolResult:
    """The result of a call that was done, whatever came of it."""
    return ToolResult(
        content=prose.tell(answer),
        structured_content=answer.structure(),
        is_error=not answer.ok,
    )


def from_error(error: CallError, call_id: str) -> ToolResult:
    """The result of a call that was not done, or not yet."""
    if isinstance(error, Asked):
        return InputRequiredToolResult(error.round)
    if error.retry_after_seconds is not None:
        say_retry_after(error.retry_after_seconds)
    return ToolResult(
        content=prose.tell_error(error),
        structured_content=refusal.structure(error, call_id),
        is_error=True,
    )
