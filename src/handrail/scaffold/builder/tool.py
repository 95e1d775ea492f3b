"""A tool of the builder: its arguments are bounded, and it always answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mcp_types
import structlog
from fastmcp.tools.base import Tool, ToolResult
from pydantic import PrivateAttr

from handrail.errors import CallError, Internal
from handrail.mcp.result import from_error
from handrail.mcp.rounds import Asked
from handrail.request import new_call_id
from handrail.scaffold.builder.given import Params, arguments_schema, checked
from handrail.scaffold.builder.refusals import Explained, from_explained

_log = structlog.stdlib.get_logger("handrail.builder")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a call: for the model to read, and for programs."""

    text: str
    facts: Mapping[str, Any]


Act = Callable[[Mapping[str, Any]], Awaitable[Reply]]
"""Does a call, with its checked arguments. Raises `CallError` or `Explained`."""

_LOOKS = mcp_types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_WRITES = mcp_types.ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A tool as clients see it."""

    name: str
    description: str
    params: Params
    gives: Mapping[str, Any]
    """The properties of what it returns, beside `error`."""
    writes: bool = False


class BuilderTool(Tool):
    """One tool of the builder. FastMCP checks no arguments of such a tool: it does so itself."""

    _params: Params = PrivateAttr()
    _act: Act = PrivateAttr()

    @classmethod
    def declare(cls, declared: Declaration, act: Act) -> BuilderTool:
        """The tool that is declared so, doing its calls by `act`."""
        properties = {**declared.gives, "error": {"type": "object"}}
        tool = cls(
            name=declared.name,
            description=declared.description,
            parameters=arguments_schema(declared.params),
            output_schema={"type": "object", "properties": properties},
            annotations=_WRITES if declared.writes else _LOOKS,
        )
        tool._params, tool._act = declared.params, act
        return tool

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """Do one call; whatever comes of it is an answer, and a line in the log."""
        call_id = new_call_id()
        result, end = await self._answered(arguments, call_id)
        _log.info("builder call", tool=self.name, call_id=call_id, end=end)
        return result

    async def _answered(self, arguments: dict[str, Any], call_id: str) -> tuple[ToolResult, str]:
        try:
            reply = await self._done(arguments, call_id)
        except Asked as asked:
            return from_error(asked, call_id), "asked"
        except CallError as error:
            return from_error(error, call_id), error.code
        except Explained as explained:
            return from_explained(explained, call_id), explained.error.code
        return ToolResult(content=reply.text, structured_content=dict(reply.facts)), "done"

    async def _done(self, arguments: dict[str, Any], call_id: str) -> Reply:
        try:
            return await self._act(checked(self._params, arguments))
        except (CallError, Explained):
            raise
        except Exception as surprise:
            _log.exception("internal error in builder call", tool=self.name, call_id=call_id)
            raise Internal("internal error; the server's log has the rest") from surprise
