"""A line of calls becomes a FastMCP server."""

from __future__ import annotations

from importlib.metadata import version

from fastmcp import FastMCP
from fastmcp.server.auth import AuthProvider

from handrail.call import Line
from handrail.mcp.broken_state import AnswerBrokenStates
from handrail.mcp.own import NOTHING_OWN, Own
from handrail.mcp.provider import CommandProvider
from handrail.mcp.rounds import sealing
from handrail.mcp.unknown import AnswerUnknownTools


def build_server(line: Line, auth: AuthProvider | None = None, own: Own = NOTHING_OWN) -> FastMCP:
    """The server for `line`, with what FastMCP leaves open turned shut.

    Unexpected errors are masked, input is strict. The line must stay open while it serves.
    `auth` says over HTTP who calls; without it, everybody is the local caller. `own` is what a
    project adds.
    """
    table = line.spec.server
    provider = CommandProvider(line, own)
    server = FastMCP(
        table.name,
        instructions=table.instructions,
        version=version("handrail"),
        providers=[provider],
        auth=auth,
        middleware=[AnswerUnknownTools(provider, line), AnswerBrokenStates(line)],
        request_state_security=sealing(),
        mask_error_details=True,
        strict_input_validation=True,
    )
    own.add_to(server)
    return server
