"""An approval that the framework does not accept is refused like every other call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mcp_types
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from mcp.shared.exceptions import MCPError

from handrail.call import Line
from handrail.errors import ApprovalRequired
from handrail.mcp.caller import caller
from handrail.mcp.result import from_error
from handrail.mcp.trace import current_trace


class AnswerBrokenStates(Middleware):
    """Answers calls whose state has not our seal, or that of another call; nothing was run.

    The framework would answer with a protocol error, which the model never sees, and which
    would leave no record.
    """

    def __init__(self, line: Line) -> None:
        self._line = line

    async def on_request(
        self,
        context: MiddlewareContext[Any],
        call_next: CallNext[Any, Any],
    ) -> Any:
        """Let the request go on; answer when its state is refused."""
        try:
            return await call_next(context)
        except MCPError as error:
            tool = self._tool(context)
            if tool is None or not _is_broken_state(error):
                raise
            return await self._answer(tool)

    def _tool(self, context: MiddlewareContext[Any]) -> str | None:
        """The declared tool that a call is of. Its parameters are raw here."""
        message = context.message
        if context.method != "tools/call" or not isinstance(message, Mapping):
            return None
        names = (tool.name for tool in self._line.spec.tools)
        return next((name for name in names if name == message.get("name")), None)

    async def _answer(self, tool: str) -> mcp_types.CallToolResult:
        error = ApprovalRequired(
            "the approval is not of this call: its state was altered, or is of other arguments, "
            "another tool or caller, or from before the server's last start",
            hint="Call again without the old state to ask anew.",
        )
        call_id = await self._line.refuse(tool, caller(self._line), error, current_trace())
        result = from_error(error, call_id)
        return mcp_types.CallToolResult(
            content=result.content,
            structured_content=result.structured_content,
            is_error=True,
        )


def _is_broken_state(error: MCPError) -> bool:
    data = error.error.data
    return isinstance(data, Mapping) and data.get("reason") == "invalid_request_state"
