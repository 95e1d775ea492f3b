"""What is asked for: one use of a tool, by somebody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from handrail.policy.approval import Approver, Nobody
from handrail.policy.caller import LOCAL, Caller
from handrail.process.outcome import Cancelled, Ending
from handrail.record.trace import Trace
from handrail.spec.tool import ToolSpec


def new_call_id() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(10)


def _new_cut() -> asyncio.Future[Ending]:
    return asyncio.get_running_loop().create_future()


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a tool.

    `listen` hears its output's lines while it runs, in any thread. `stop` ends it from outside.
    `approver` is whom to ask when a person must approve. `trace` is the one it is part of.
    """

    tool: ToolSpec
    arguments: Mapping[str, object]
    listen: Callable[[str], None] | None = None
    approver: Approver = field(default_factory=Nobody)
    caller: Caller = LOCAL
    id: str = field(default_factory=new_call_id)
    cut: asyncio.Future[Ending] = field(default_factory=_new_cut)
    trace: Trace | None = None

    def stop(self) -> None:
        """End the call: it becomes an outcome with the ending `Cancelled`."""
        if not self.cut.done():
            self.cut.set_result(Cancelled())

    @property
    def was_stopped(self) -> bool:
        """Whether `stop` ended it, rather than a cancellation from outside."""
        return self.cut.done() and isinstance(self.cut.result(), Cancelled)
