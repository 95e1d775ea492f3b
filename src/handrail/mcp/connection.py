"""The connections of an HTTP server: as many as it can bear, and always room for one more."""

from __future__ import annotations

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class Connections(ServerState):
    """All of them, and those that wait for no answer, in the order in which they began to.

    There are `most` at once, and never more than a part of what this process may open: one in
    `share`. Calls need the rest: pipes, files for output, sockets of zygotes.
    """

    def __init__(self, most: int, share: int) -> None:
        super().__init__()
        self.most = min(most, _descriptors() // share)
        self.idle: dict[Connection, None] = {}

    def make_room(self) -> None:
        """Hang up on who has been idle longest, when there are too many."""
        if len(self.connections) > self.most and self.idle:
            oldest = next(iter(self.idle))
            del self.idle[oldest]
            oldest.transport.abort()


class Connection(H11Protocol):
    """One of many.

    Whoever opens connections and leaves them idle loses them when others come; whoever waits
    for an answer keeps theirs. By itself, uvicorn would refuse those that come, or run out of
    descriptors.
    """

    def __init__(self, *, server_state: Connections, **rest: Any) -> None:
        super().__init__(server_state=server_state, **rest)
        self._all = server_state

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Take a connection; another one may have to go."""
        super().connection_made(transport)
        self._all.idle[self] = None
        self._all.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._all.idle.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hear what the client says; who only begins to say something is idle yet."""
        super().data_received(data)
        if self.is_busy:
            self._all.idle.pop(self, None)

    def on_response_complete(self) -> None:
        """Wait for the client's next request."""
        super().on_response_complete()
        if not self.is_busy:
            self._all.idle[self] = None

    @property
    def is_busy(self) -> bool:
        """Whether a client waits for an answer here."""
        return bool(self.cycle) and not self.cycle.response_complete


def _descriptors() -> int:
    """How many this process may have, with the limit raised as far as it goes (getrlimit(2))."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
