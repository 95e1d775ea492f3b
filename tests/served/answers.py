"""What tests say about answers."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import mcp_types

from tests.served.serving import Connected


def facts(result: mcp_types.CallToolResult) -> dict[str, Any]:
    """The structured content, without what is measured; that must be believable."""
    content = dict(structure(result))
    assert re.fullmatch("[0-9a-f]{20}", content.pop("call_id"))
    assert 0 < content.pop("seconds") < 60
    assert 0 <= content.pop("cpu_seconds") < 60
    assert 0 < content.pop("max_rss_bytes") < 2**30
    return content


def refusal(result: mcp_types.CallToolResult) -> dict[str, Any]:
    """The error of a refused call, without its id."""
    assert result.is_error
    assert list(structure(result)) == ["error"]
    error = dict(structure(result)["error"])
    assert re.fullmatch("[0-9a-f]{20}", error.pop("call_id"))
    return error


def structure(result: mcp_types.CallToolResult) -> dict[str, Any]:
    """The structured content, which is always there."""
    assert result.structured_content is not None
    content: dict[str, Any] = result.structured_content
    return content


def text(result: mcp_types.CallToolResult) -> str:
    """The text block, which is the only one."""
    (block,) = result.content
    assert isinstance(block, mcp_types.TextContent)
    return block.text


async def obeys_its_schema(client: Connected, tool: str, result: mcp_types.CallToolResult) -> bool:
    """Whether a result is what the tool declares to return."""
    (schema,) = [
        listed.output_schema for listed in await client.list_tools() if listed.name == tool
    ]
    assert schema is not None
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(structure(result))
