"""The declared tools, as FastMCP asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from fastmcp.resources import Resource
from fastmcp.resources.template import ResourceTemplate
from fastmcp.server.providers import Provider
from fastmcp.tools.base import Tool
from fastmcp.utilities.versions import VersionSpec

from handrail.call import Line
from handrail.mcp.read_output import ReadOutput, outputs_template, recent_outputs
from handrail.mcp.tool import CommandTool


class CommandProvider(Provider):
    """Tools from a server file, in its order, and `read_output` after them."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        declared = [CommandTool.declare(spec, line) for spec in line.spec.tools]
        self._tools: dict[str, Tool] = {tool.name: tool for tool in declared}
        reader = ReadOutput.declare(line.outputs)
        self._tools[reader.name] = reader
        self._outputs = line.outputs
        self._template = outputs_template(line.outputs)

    @property
    def names(self) -> list[str]:
        """The names of all tools."""
        return list(self._tools)

    async def _list_tools(self) -> Sequence[Tool]:
        return list(self._tools.values())

    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> Tool | None:
        return self._tools.get(name)

    async def _list_resources(self) -> Sequence[Resource]:
        return recent_outputs(self._outputs)

    async def _get_resource(self, uri: str, version: VersionSpec | None = None) -> None:
        """None: what is listed is there to be found, and the template reads it."""

    async def _list_resource_templates(self) -> Sequence[ResourceTemplate]:
        return [self._template]
