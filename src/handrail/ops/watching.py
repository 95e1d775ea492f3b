"""What looks on while a server runs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handrail.call import Line
from handrail.ops.snapshot import snapshot
from handrail.ops.state_socket import telling
from handrail.record.tally import Tally


@asynccontextmanager
async def watching(line: Line, tally: Tally) -> AsyncIterator[None]:
    """Tell what goes on to whoever asks in the state folder."""
    began = time.monotonic()
    async with telling(line.state, lambda: snapshot(line, tally, began)):
        yield
