"""Answers of files tools as protocol results: text, images, sounds and other binary files."""

from __future__ import annotations

from fastmcp.tools.base import ToolResult
from mcp_types import (
    AudioContent,
    BlobResourceContents,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    TextContent,
)

from handrail.mcp.files.answer import FilesAnswer


def from_files(answer: FilesAnswer) -> ToolResult:
    """The result of work on files that was done, or stopped."""
    blocks: list[ContentBlock] = [TextContent(type="text", text=answer.text())]
    if answer.data is not None:
        blocks.append(_binary(answer, answer.data))
    return ToolResult(content=blocks, structured_content=answer.structure(), is_error=not answer.ok)


def _binary(answer: FilesAnswer, data: str) -> ContentBlock:
    mime_type = str(answer.value["mime_type"])
    match mime_type.partition("/")[0]:
        case "image":
            return ImageContent(type="image", data=data, mime_type=mime_type)
        case "audio":
            return AudioContent(type="audio", data=data, mime_type=mime_type)
        case _:
            uri = f"handrail://files/{answer.value['path']}"
            content = BlobResourceContents(uri=uri, blob=data, mime_type=mime_type)
            return EmbeddedResource(type="resource", resource=content)
