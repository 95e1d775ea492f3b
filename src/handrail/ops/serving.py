"""A server that runs until it is told to stop, watched and logged."""

from __future__ import annotations

import asyncio

from handrail.examining import Opened
from handrail.mcp.own import NOTHING_OWN, Own
from handrail.mcp.serve import Way
from handrail.mcp.serve import serve as serve_until_stopped
from handrail.ops.state_folder import make_state_folder
from handrail.ops.watch import Watch


def serve(
    opened: Opened, way: Way, ops_address: tuple[str, int] | None, own: Own = NOTHING_OWN
) -> None:
    """Serve until told to stop. `ops_address` is the ops listener's, in place of the file's.

    Raises `UsageError` and `ConfinementUnavailable` before anything is served.
    """
    make_state_folder(opened.host.state)
    watch = Watch(opened.spec, opened.host, ops_address)
    asyncio.run(serve_until_stopped(opened.spec, opened.host, opened.means, way, watch, own))
