"""Looking at something time and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def again_and_again(
    look: Callable[[], Awaitable[None]], seconds: float
) -> AsyncIterator[None]:
    """Look once now, and meanwhile so many seconds after each look."""
    await look()
    looking = asyncio.create_task(_go_on(look, seconds))
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _go_on(look: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await look()
