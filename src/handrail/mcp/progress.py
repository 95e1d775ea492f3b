"""A command's lines become progress notifications, when the client asked for them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastmcp.server.context import Context

from handrail.mcp.clean import clean

_MOST_WAITING = 100
_LAST_WORDS_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Step:
    """One notification: how far, of how much, and what was said."""

    done: float
    total: float | None
    message: str


class Steps:
    """Turns lines into steps: by the tool's pattern, or each line as one step further.

    A pattern's groups `done` and `total`, or `percent`, give the numbers, `message` the words;
    lines that it does not match are no progress. Numbers never go back (the protocol forbids it).
    """

    def __init__(self, pattern: str | None) -> None:
        self._pattern = re.compile(pattern) if pattern is not None else None
        self._done = 0.0

    def read(self, line: str) -> Step | None:
        """The step that a line tells of, if it tells of one."""
        text = clean(line.encode()).text.strip()
        if self._pattern is None:
            self._done += 1
            return Step(self._done, None, text) if text else None
        found = self._pattern.search(text)
        return self._step(found.groupdict(), text) if found else None

    def _step(self, groups: dict[str, str | None], text: str) -> Step | None:
        total = 100.0 if groups.get("percent") else _number(groups.get("total"))
        done = _number(groups.get("percent") or groups.get("done"))
        done = self._done + 1 if done is None else done
        if done <= self._done:
            return None
        self._done = done
        return Step(done, total, groups.get("message") or text)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


@asynccontextmanager
async def reporting(
    context: Context | None, pattern: str | None
) -> AsyncIterator[Callable[[str], None] | None]:
    """A listener whose lines are sent as progress; None when the client wants none."""
    if context is None or not _is_wanted(context):
        yield None
        return
    loop, steps = asyncio.get_running_loop(), Steps(pattern)
    waiting: asyncio.Queue[Step | None] = asyncio.Queue()

    def hear(line: str) -> None:
        if waiting.qsize() < _MOST_WAITING and (step := steps.read(line)) is not None:
            waiting.put_nowait(step)

    def listen(line: str) -> None:
        loop.call_soon_threadsafe(hear, line)

    sender = asyncio.create_task(_send(context, waiting))
    try:
        yield listen
    finally:
        # After the lines that are still on their way.
        loop.call_soon(waiting.put_nowait, None)
        await asyncio.wait([sender], timeout=_LAST_WORDS_SECONDS)
        sender.cancel()


async def _send(context: Context, waiting: asyncio.Queue[Step | None]) -> None:
    while (step := await waiting.get()) is not None:
        await context.report_progress(step.done, step.total, step.message)


def _is_wanted(context: Context) -> bool:
    request = context.request_context
    return request is not None and "progressToken" in (request.meta or {})
