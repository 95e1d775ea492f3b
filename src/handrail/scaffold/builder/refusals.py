"""What the builder would not do, in the form of every other refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastmcp.tools.base import ToolResult

from handrail.errors import CallError
from handrail.mcp import prose, refusal


class Explained(Exception):
    """A refusal with more beside it: everything that is wrong, or what to keep."""

    def __init__(self, error: CallError, more: str, beside: Mapping[str, Any]) -> None:
        super().__init__(error.message)
        self.error = error
        self.more = more
        """What the text goes on with."""
        self.beside = beside
        """What is beside `error` in the structure."""


def from_explained(explained: Explained, call_id: str) -> ToolResult:
    """The result of a call that was refused for reasons which take more than a sentence."""
    return ToolResult(
        content=f"{prose.tell_error(explained.error)}\n\n{explained.more}",
        structured_content={**refusal.structure(explained.error, call_id), **explained.beside},
        is_error=True,
    )
