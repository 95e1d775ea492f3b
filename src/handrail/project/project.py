"""An ejected project: tables and code that its modules hold, read as a server file is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypedDict

from fastmcp import FastMCP

from handrail.examining import Opened, of_age, open_reading
from handrail.mcp.own import Next, Own
from handrail.mcp.server import build_server
from handrail.opening import open_line
from handrail.ops.state_folder import make_state_folder
from handrail.process.outcome import Outcome
from handrail.project import tables
from handrail.project.modules import At, Home, Modules, homes_in
from handrail.project.tool_tables import AnyTool
from handrail.record.audit.keep import audited
from handrail.record.record import Recorders
from handrail.request import Call
from handrail.spec.find import NAME
from handrail.spec.load import Reading, read_document
from handrail.spec.source import Source


class ToolModule(Protocol):
    """A module that holds one tool."""

    @property
    def TOOL(self) -> AnyTool:  # noqa: N802  # a constant of the module
        """The tool, as `[[tool]]` of a server file declares it."""

    async def run(self, call: Call, go_on: Next) -> Outcome:
        """Code around each of its calls."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A tool without a module, and without code of its own."""

    TOOL: AnyTool

    async def run(self, call: Call, go_on: Next) -> Outcome:
        """The call as declared."""
        return await go_on(call)


class Tables(TypedDict, total=False):
    """What a server file has beside its tools."""

    server: tables.Server
    workspace: tables.Workspace
    programs: Mapping[str, tables.Program]
    secrets: Mapping[str, tables.SecretSource]
    confinement: tables.Confinement
    limits: tables.Limits
    auth: tables.Auth
    access: tables.Access
    audit: tables.Audit
    http: tables.Http
    telemetry: tables.Telemetry
    rule: Sequence[tables.Rule]
    allow: Sequence[str]


@dataclass(frozen=True, slots=True)
class Project:
    """A server whose tables are Python's. Its relative paths start from `root`.

    Its state (keys, budgets, audit) is in `.handrail` there.
    """

    root: Path
    tables: Tables
    tools: Sequence[ToolModule]
    add_to: Callable[[FastMCP], None]
    """Adds tools that nothing is declared of; no limit, rule or record of ours holds for them."""

    @property
    def own(self) -> Own:
        """Its code around the calls of its tools, and beside them."""
        return Own({module.TOOL["name"]: module.run for module in self.tools}, self.add_to)

    def changed(self, *more: ToolModule, root: Path | None = None, **tables: object) -> Project:
        """This project with other tables, and further tools; for tests and experiments."""
        merged = Tables(**{**self.tables, **tables})  # type: ignore[typeddict-item]  # any of them
        return replace(self, root=root or self.root, tables=merged, tools=[*self.tools, *more])

    def read(self, environ: Mapping[str, str] = os.environ) -> Reading:
        """What its tables say, whatever is wrong with them."""
        file = self.root / NAME
        data = {
            "config_version": 1,
            **self.tables,
            "tool": [module.TOOL for module in self.tools],
        }
        document = Modules(Source(file, None, ""), data, lambda _: {}, self._homes())
        return read_document(file, document, environ)

    def open(self) -> Opened:
        """Its tables, ready for use. Raises `SpecError` with everything that is wrong."""
        return open_reading(self.read(), of_age)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[FastMCP]:
        """Its server, in this process: a `fastmcp.Client` of it makes real calls.

        Nothing is logged, and only what a server's audit says is kept.
        """
        opened = await asyncio.to_thread(self.open)
        make_state_folder(opened.host.state)
        async with (
            audited(Recorders(()), opened.spec, opened.host, opened.means.tier) as recorder,
            open_line(opened.spec, opened.host, recorder, opened.means) as line,
        ):
            yield build_server(line, own=self.own)

    def _homes(self) -> dict[At, Home]:
        """The file and the variable of every table and tool."""
        files = [Path(str(getattr(module, "__file__", ""))) for module in self.tools]
        homes: dict[At, Home] = {
            ("tool", n): Home(file, "TOOL") for n, file in enumerate(files) if file.is_file()
        }
        return {**homes, **(homes_in(files[0].parents[1]) if files else {})}
