"""A call of a tool that there is not gets the same form of answer as every other refusal."""

from __future__ import annotations

import difflib

import mcp_types
from fastmcp.exceptions import NotFoundError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools.base import ToolResult

from handrail.call import Line
from handrail.errors import NotFound
from handrail.mcp.caller import caller
from handrail.mcp.provider import CommandProvider
from handrail.mcp.result import from_error
from handrail.mcp.trace import current_trace

_LONGEST_NAME = 64


class AnswerUnknownTools(Middleware):
    """Says which tools there are for the caller. It decides nothing: there is nothing to run."""

    def __init__(self, provider: CommandProvider, line: Line) -> None:
        self._provider = provider
        self._line = line

    async def on_call_tool(
        self,
        context: MiddlewareContext[mcp_types.CallToolRequestParams],
        call_next: CallNext[mcp_types.CallToolRequestParams, ToolResult],
    ) -> ToolResult:
        """Let the call go on; answer when there is no such tool."""
        try:
            return await call_next(context)
        except NotFoundError:
            return await self._answer(_shown(context.message.name))

    async def _answer(self, name: str) -> ToolResult:
        error = self._unknown(name)
        call_id = await self._line.refuse(name, caller(self._line), error, current_trace())
        return from_error(error, call_id)

    def _unknown(self, name: str) -> NotFound:
        known = [tool.name for tool in self._provider.shown()]
        close = difflib.get_close_matches(name, known, n=1)
        guess = f"; did you mean `{close[0]}`?" if close else ""
        return NotFound(f"unknown tool `{name}`{guess}", allowed=known)


def _shown(name: str) -> str:
    return ascii(name[:_LONGEST_NAME])[1:-1]
