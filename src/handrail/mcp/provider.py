"""The declared tools, as FastMCP asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from fastmcp.resources import Resource
from fastmcp.resources.template import ResourceTemplate
from fastmcp.server.providers import Provider
from fastmcp.tools.base import Tool
from fastmcp.utilities.versions import VersionSpec

from handrail.call import Line
from handrail.mcp.caller import caller
from handrail.mcp.own import NOTHING_OWN, Own
from handrail.mcp.read_output import ReadOutput, outputs_template, recent_outputs
from handrail.mcp.tool import CommandTool
from handrail.policy.access import permits


class CommandProvider(Provider):
    """Tools from a server file, in its order, and `read_output` after them.

    What a caller may not use is not listed. It is found all the same: the line denies the call,
    and that leaves a record.
    """

    def __init__(self, line: Line, own: Own = NOTHING_OWN) -> None:
        super().__init__()
        self._line = line
        tools = line.spec.tools
        self._declared = {spec.name: CommandTool.declare(spec, line, own) for spec in tools}
        self._reader = ReadOutput.declare(line)
        self._template = outputs_template(line)

    def shown(self) -> list[Tool]:
        """The tools that the caller may use."""
        access, who = self._line.spec.access, caller(self._line)
        tools = zip(self._line.spec.tools, self._declared.values(), strict=True)
        return [*(tool for spec, tool in tools if permits(access, who, spec)), self._reader]

    async def _list_tools(self) -> Sequence[Tool]:
        return self.shown()

    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> Tool | None:
        return self._reader if name == self._reader.name else self._declared.get(name)

    async def _list_resources(self) -> Sequence[Resource]:
        return recent_outputs(self._line)

    async def _get_resource(self, uri: str, version: VersionSpec | None = None) -> None:
        """None: what is listed is there to be found, and the template reads it."""

    async def _list_resource_templates(self) -> Sequence[ResourceTemplate]:
        return [self._template]
