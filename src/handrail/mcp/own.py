"""What a project adds to its tools: code around their calls, and tools of its own."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastmcp import FastMCP

from handrail.errors import CallError, Internal
from handrail.process.outcome import Outcome
from handrail.request import Call

Next = Callable[[Call], Awaitable[Outcome]]
"""Does a call: see `handrail.call`."""
Run = Callable[[Call, Next], Awaitable[Outcome]]
"""Code around a call: it does the call by handing it on, before, after or instead of its own."""

_log = logging.getLogger("handrail.project")


def _nothing(server: FastMCP) -> None:
    """Adds no tools."""


@dataclass(frozen=True, slots=True)
class Own:
    """A project's code: around the calls of declared tools, by their names, and beside them."""

    runs: Mapping[str, Run] = field(default_factory=dict)
    add_to: Callable[[FastMCP], None] = _nothing

    def around(self, tool: str, go_on: Next) -> Next:
        """What does a call of `tool`, when `go_on` does it as declared."""
        run = self.runs.get(tool)
        return go_on if run is None else _guarded(run, go_on)


NOTHING_OWN = Own()


def _guarded(run: Run, go_on: Next) -> Next:
    async def guarded(call: Call) -> Outcome:
        try:
            return await run(call, go_on)
        except CallError:
            raise
        except Exception as error:
            _log.exception("error in the code around call %s of %s", call.id, call.tool.name)
            raise Internal("internal error; the server's log has the rest") from error

    return guarded
