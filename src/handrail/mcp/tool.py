"""A declared command as a FastMCP tool."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import mcp_types
from fastmcp.server.context import Context
from fastmcp.server.dependencies import get_context
from fastmcp.tools.base import Tool, ToolResult
from pydantic import PrivateAttr

from handrail.call import Line
from handrail.errors import CallError
from handrail.mcp.answer import Answer, answer
from handrail.mcp.approval import approver_for
from handrail.mcp.caller import caller
from handrail.mcp.disconnect import on_hang_up
from handrail.mcp.files.answer import FilesAnswer
from handrail.mcp.files.result import from_files
from handrail.mcp.hints import hints
from handrail.mcp.input_schema import arguments_schema
from handrail.mcp.output_schema import output_schema
from handrail.mcp.own import NOTHING_OWN, Next, Own
from handrail.mcp.progress import reporting
from handrail.mcp.result import from_answer, from_error
from handrail.mcp.trace import current_trace
from handrail.process.outcome import Cancelled, Outcome
from handrail.request import Call
from handrail.spec.tool import FilesSpec, ToolSpec

_LONG_BYTES = 262_144


class CommandTool(Tool):
    """One declared command. FastMCP checks no arguments of such a tool: the planner does."""

    _spec: ToolSpec = PrivateAttr()
    _line: Line = PrivateAttr()
    _do: Next = PrivateAttr()

    @classmethod
    def declare(cls, spec: ToolSpec, line: Line, own: Own = NOTHING_OWN) -> CommandTool:
        """The tool that `spec` declares, calling through `line`, with `own` code around it."""
        tool = cls(
            name=spec.name,
            description=spec.description,
            parameters=arguments_schema(spec),
            output_schema=output_schema(spec),
            annotations=mcp_types.ToolAnnotations.model_validate(hints(spec)),
        )
        tool._spec, tool._line, tool._do = spec, line, own.around(spec.name, line.call)
        return tool

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """Do one call; see `handrail.call`."""
        context = _context()
        async with reporting(context, self._spec.progress) as listen:
            asking = approver_for(context, self._line)
            who = caller(self._line)
            call = Call(self._spec, arguments, listen, asking, caller=who, trace=current_trace())
            try:
                async with on_hang_up(call.stop):
                    outcome = await self._do(call)
            except CallError as error:
                return from_error(error, call.id)
        if isinstance(outcome.ending, Cancelled) and not call.was_stopped:
            # The framework cancelled it. What there was is kept and recorded; on it goes.
            raise asyncio.CancelledError
        if isinstance(self._spec, FilesSpec):
            return from_files(FilesAnswer(call.id, self._spec, outcome, arguments))
        shown_bytes = self._spec.output or self._line.spec.limits.output
        return from_answer(await _answered(call, outcome, shown_bytes))


async def _answered(call: Call, outcome: Outcome, shown_bytes: int) -> Answer:
    """The answer; one that takes long to read is read beside the loop."""
    making = partial(answer, call.id, call.tool, outcome, shown_bytes, call.arguments)
    return await asyncio.to_thread(making) if outcome.stdout.size > _LONG_BYTES else making()


def _context() -> Context | None:
    """FastMCP's context; background workers have none."""
    try:
        return get_context()
    except RuntimeError:
        return None
