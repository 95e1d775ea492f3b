"""The builder as a FastMCP server over one folder."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mcp_types
from fastmcp import FastMCP
from fastmcp.exceptions import NotFoundError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools.base import ToolResult
from mcp.shared.exceptions import MCPError

from handrail.errors import ApprovalRequired, NotFound
from handrail.mcp.result import from_error
from handrail.mcp.rounds import sealing
from handrail.request import new_call_id
from handrail.scaffold.builder.draft import draft_tool
from handrail.scaffold.builder.explain import explain_tool
from handrail.scaffold.builder.propose_tool import propose_tool
from handrail.scaffold.builder.questions import questions_tool
from handrail.scaffold.builder.tool import BuilderTool
from handrail.scaffold.builder.write import write_tool

_TOOLS = (questions_tool, propose_tool, draft_tool, explain_tool, write_tool)
_INSTRUCTIONS = """\
These tools write one server file for Handrail, together with a person: an MCP server whose tools \
are declared, bounded and confined. Call questions, and ask the person what you cannot know. Show \
each command of theirs as a tool with propose_tool. Call draft until its findings are settled, and \
explain to see what calls would do. Then call write: the person is asked before anything is there.\
"""


def build_server(folder: Path) -> FastMCP:
    """The server; it writes into `folder`, and looks nowhere else."""
    tools = [declare(folder) for declare in _TOOLS]
    server = FastMCP(
        "handrail-builder",
        instructions=_INSTRUCTIONS,
        version=version("handrail"),
        middleware=[_AnswerAll(tools)],
        request_state_security=sealing(),
        mask_error_details=True,
        strict_input_validation=True,
    )
    for tool in tools:
        server.add_tool(tool)
    return server


class _AnswerAll(Middleware):
    """Calls that reach no tool get the same form of answer as every other refusal."""

    def __init__(self, tools: list[BuilderTool]) -> None:
        self._names = [tool.name for tool in tools]

    async def on_call_tool(
        self,
        context: MiddlewareContext[mcp_types.CallToolRequestParams],
        call_next: CallNext[mcp_types.CallToolRequestParams, ToolResult],
    ) -> ToolResult:
        """Let the call go on; answer when there is no such tool."""
        try:
            return await call_next(context)
        except NotFoundError:
            return from_error(self._unknown(ascii(context.message.name[:64])[1:-1]), new_call_id())

    def _unknown(self, name: str) -> NotFound:
        close = difflib.get_close_matches(name, self._names, n=1)
        guess = f"; did you mean `{close[0]}`?" if close else ""
        return NotFound(f"unknown tool `{name}`{guess}", allowed=self._names)

    async def on_request(
        self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]
    ) -> Any:
        """Let the request go on; answer when its state is none that we sealed for this call."""
        try:
            return await call_next(context)
        except MCPError as error:
            data = error.error.data
            broken = isinstance(data, Mapping) and data.get("reason") == "invalid_request_state"
            if context.method != "tools/call" or not broken:
                raise
            return _no_approval()


def _no_approval() -> mcp_types.CallToolResult:
    error = ApprovalRequired(
        "the approval is not of these answers: its state was altered, is of another call, or from "
        "before the server's last start",
        hint="Call again without the old state to ask anew.",
    )
    result = from_error(error, new_call_id())
    return mcp_types.CallToolResult(
        content=result.content, structured_content=result.structured_content, is_error=True
    )
