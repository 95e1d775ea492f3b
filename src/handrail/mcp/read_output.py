"""Reading on where an answer stopped: the tool `read_output` and the resources."""

from __future__ import annotations

from typing import Any

import mcp_types
from fastmcp.exceptions import NotFoundError
from fastmcp.resources import Resource
from fastmcp.resources.template import ResourceTemplate
from fastmcp.tools.base import Tool, ToolResult
from pydantic import AnyUrl, PrivateAttr

from handrail.call import Line
from handrail.errors import CallError, NotFound
from handrail.mcp.answer import resource
from handrail.mcp.caller import caller
from handrail.mcp.clean import clean, whole_start
from handrail.mcp.input_schema import input_schema
from handrail.mcp.prose import describe
from handrail.mcp.result import from_error
from handrail.plan.bind import check
from handrail.process.output import Output
from handrail.request import new_call_id
from handrail.spec.param import ParamSpec, ParamType

NAME = "read_output"
# The Python SDK takes no message above 1 MiB over HTTP. Text grows when it is made safe and put
# into JSON; a page is in its message twice, a resource once.
_PAGE_BYTES = 65_536
_LARGEST_PAGE_BYTES = 131_072
_RESOURCE_BYTES = 262_144
_MOST_LISTED = 20

_PARAMS = {
    "call_id": ParamSpec(required=True, max_length=64, description="The call, from its answer."),
    "stream": ParamSpec(
        choices=("stdout", "stderr"), default="stdout", description="Which stream."
    ),
    "offset": ParamSpec(type=ParamType.INTEGER, default=0, min=0, description="Bytes to skip."),
    "limit": ParamSpec(
        type=ParamType.INTEGER,
        default=_PAGE_BYTES,
        min=1,
        max=_LARGEST_PAGE_BYTES,
        description="Bytes to read.",
    ),
}

_OUTPUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "offset": {"type": "integer"},
        "next_offset": {"type": "integer"},
        "total_bytes": {"type": "integer"},
        "error": {"type": "object"},
    },
}


class ReadOutput(Tool):
    """Pages through the output of a recent call."""

    _line: Line = PrivateAttr()

    @classmethod
    def declare(cls, line: Line) -> ReadOutput:
        """The tool, for the calls of `line`."""
        tool = cls(
            name=NAME,
            description="Read on in the output of an earlier call, where its answer left bytes "
            "out. Use the call_id, stream and offset that the answer names; not for files.",
            parameters=input_schema(_PARAMS),
            output_schema=_OUTPUT_SCHEMA,
            annotations=mcp_types.ToolAnnotations(
                read_only_hint=True, idempotent_hint=True, open_world_hint=False
            ),
        )
        tool._line = line
        return tool

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """One page, and where the next begins."""
        try:
            values = check(_PARAMS, arguments)
            output = _own(self._line, str(values["call_id"]), str(values["stream"]))
        except CallError as error:
            return from_error(error, new_call_id())
        offset, limit = int(str(values["offset"])), int(str(values["limit"]))
        raw = _page(output, offset, limit)
        return _result(raw, offset, output.size)


def outputs_template(line: Line) -> ResourceTemplate:
    """The resources `handrail://calls/{call_id}/{stream}`."""

    def read(call_id: str, stream: str, offset: int = 0, limit: int = _RESOURCE_BYTES) -> str:
        try:
            output = _own(line, call_id, stream)
        except NotFound as gone:
            raise NotFoundError(gone.message) from None
        offset = max(0, offset)
        raw = _page(output, offset, max(1, min(limit, _RESOURCE_BYTES)))
        end = offset + len(raw)
        text = clean(raw).text
        if end >= output.size:
            return text
        return (
            f"{text}\n[… {output.size - end:,} more bytes; "
            f"read handrail://calls/{call_id}/{stream}?offset={end} …]"
        )

    return ResourceTemplate.from_function(
        read,
        uri_template="handrail://calls/{call_id}/{stream}{?offset,limit}",
        name="output",
        description="What a recent call wrote, in full; stream is stdout or stderr.",
        mime_type="text/plain",
    )


def recent_outputs(line: Line) -> list[Resource]:
    """What the caller's recent calls wrote, newest first: also where the answer never arrived."""
    return [
        Resource(
            uri=AnyUrl(resource(call_id, stream)),
            name=f"{kept.tool} {stream}",
            description=f"{kept.tool} {describe(kept.outcome.ending)}; {output.size:,} bytes",
        )
        for call_id, kept in line.outputs.recent(caller(line).name)[:_MOST_LISTED]
        for stream, output in kept.streams.items()
        if output.size
    ]


def _own(line: Line, call_id: str, stream: str) -> Output:
    """What a call of the caller's wrote; raises `NotFound` for all others."""
    return line.outputs.find(caller(line).name, call_id, stream)


def _page(output: Output, offset: int, limit: int) -> bytes:
    """Up to `limit` bytes, not ending inside a character while there is more to come."""
    raw = output.read(offset, limit)
    return (whole_start(raw) or raw) if offset + len(raw) < output.size else raw


def _result(raw: bytes, offset: int, total: int) -> ToolResult:
    end, text = offset + len(raw), clean(raw).text
    more = {"next_offset": end} if end < total else {}
    after = f"Next: offset={end}." if more else "This is the end."
    return ToolResult(
        content=f"Bytes {offset:,} to {end:,} of {total:,}. {after}\n\n{text}",
        structured_content={"text": text, "offset": offset, "total_bytes": total, **more},
    )
