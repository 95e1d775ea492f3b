"""A confined plan becomes an outcome, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from handrail.errors import Busy, Internal, SpawnFailed
from handrail.plan.disk import Disk
from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier
from handrail.process import ending
from handrail.process.capture import Capture
from handrail.process.lines import LineFeed
from handrail.process.mask import Mask
from handrail.process.memory_file import memory_file
from handrail.process.note import note
from handrail.process.onlooker import NOBODY, Onlooker
from handrail.process.order import order
from handrail.process.outcome import (
    Cancelled,
    Ending,
    Exited,
    Outcome,
    OutputExceeded,
    TimedOut,
)
from handrail.process.output import Output
from handrail.process.pool import Pool
from handrail.process.spawner import NotStarted, Running, Spawner, Usage
from handrail.process.spool import Spool
from handrail.sandbox.confine import ConfinedPlan
from handrail.sandbox.denial import Denial, explain

_STREAMS = ("stdout", "stderr")
_LAST_WORDS_BYTES = 16_384
_MOST_VIEWS = 3
"""Views that are made for one call, should what they cover be replaced again and again."""
_SCARCE = {errno.EAGAIN, errno.EBUSY, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


async def run(
    confined: ConfinedPlan,
    pool: Pool,
    *,
    spool: Path,
    onlooker: Onlooker = NOBODY,
    cut: asyncio.Future[Ending] | None = None,
    earlier: int | None = None,
) -> Outcome:
    """Run the plan's commands to their end, whatever that is.

    `onlooker` hears and sees what they say meanwhile. Whoever sets `cut`
    stops the commands and says how that ending is called. `earlier` is a descriptor to read
    what the plan names by an `Earlier`. A cancelled call is an outcome too,
    with `Cancelled` as its ending and its output kept: whoever owns the cancellation must go
    on with it afterwards.

    Raises `SpawnFailed` when a program cannot be started, and `Busy` when the machine has
    no process or descriptor left for it.
    """
    plan = confined.plan
    _check(plan)
    cut = cut or asyncio.get_running_loop().create_future()
    for _ in range(_MOST_VIEWS):
        with _scarcity(plan):
            spawner = pool.acquire(confined.cell, _identity(confined))
        try:
            kept = Spool(spool, plan.limits.spool_bytes)
            return await _run(confined, spawner, kept, onlooker, cut, earlier)
        except _StaleView:
            spawner.close()  # never to be used again; a new one sees what is there now
        finally:
            pool.release(spawner)
    raise SpawnFailed(f"{plan.program.name}: what must not be written was exchanged too often")


def _check(plan: Plan) -> None:
    """Refuse what cannot be started as planned: exchanged programs, and too many of them."""
    for stage in plan.stages:
        stage.recheck()
    if len(plan.stages) > plan.limits.pids:
        message = (
            f"{len(plan.stages)} stages are more processes than the {plan.limits.pids} allowed"
        )
        raise SpawnFailed(message, hint="Use fewer stages; the limit is the server owner's.")


class _StaleView(Exception):
    """What a zygote's view covers was replaced since it was made; nothing was started."""


def _identity(confined: ConfinedPlan) -> tuple[int, int]:
    """Which folder the workspace is, for a view goes on with the one that it was made of.

    One that is gone is none: the zygote will say so, and not where it was.
    """
    try:
        found = confined.plan.workspace.stat() if confined.cell.view else None
    except OSError:
        found = None
    return (0, 0) if found is None else (found.st_dev, found.st_ino)


async def _run(
    confined: ConfinedPlan,
    spawner: Spawner,
    spool: Spool,
    onlooker: Onlooker,
    cut: asyncio.Future[Ending],
    earlier: int | None,
) -> Outcome:
    plan = confined.plan
    began = time.monotonic()
    with _scarcity(plan):
        running, streams = _start(confined, spawner, spool, onlooker.hear, cut, earlier)
    spawned = time.monotonic()
    if onlooker.look is not None:
        onlooker.look(partial(_tails, streams))
    ours = await _wait(plan, running, cut)
    # From here on nothing can be cancelled: the processes go, and what they said is kept.
    await (ending.sweep if ours is None else ending.stop)(spawner, running)
    stdout, stderr = await _close(streams)
    if ours is None and spool.exceeded:
        # It ended by itself before we came to its last words, and they did not fit.
        ours = OutputExceeded(spool.limit_bytes)
    if running.gone.exception() is not None:
        stdout.close()
        stderr.close()
    with _scarcity(plan):
        usage = running.gone.result()
    ended = ours or ending.by_itself(running, usage, plan.limits.cpu_seconds)
    stages = ending.of_stages(plan, running, usage, ended)
    went_well = ended == Exited(0) and not any(stage.failed for stage in stages)
    return Outcome(
        ending=ended,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - began,
        cpu_seconds=usage.cpu_seconds,
        max_rss_bytes=usage.largest_bytes,
        written_bytes=usage.written_bytes,
        spawn_seconds=spawned - began,
        confinement=confined.confinement,
        note=note(plan, running, spool, ended, usage, stages),
        denials=() if went_well else _denials(confined, spawner, usage, stdout, stderr),
        stages=stages,
    )


async def _wait(plan: Plan, running: Running, cut: asyncio.Future[Ending]) -> Ending | None:
    """Wait for the end of the last stage; the ending, when we must bring it about ourselves."""
    either: list[asyncio.Future[Any]] = [running.exited, cut]
    try:
        await asyncio.wait(
            either,
            timeout=plan.limits.wall_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
    except asyncio.CancelledError:
        return Cancelled()
    if cut.done():
        return Cancelled() if cut.cancelled() else cut.result()
    return None if running.exited.done() else TimedOut(plan.limits.wall_seconds)


def _start(
    confined: ConfinedPlan,
    spawner: Spawner,
    spool: Spool,
    listen: Callable[[str], None] | None,
    cut: asyncio.Future[Ending],
    earlier: int | None,
) -> tuple[Running, list[Capture]]:
    plan = confined.plan

    def exceeded() -> None:
        if not cut.done():
            cut.set_result(OutputExceeded(spool.limit_bytes))

    with ExitStack() as theirs, ExitStack() as undo:
        stdin = _stdin(plan.stdin, earlier)
        theirs.callback(os.close, stdin)
        streams: list[Capture] = []
        for _ in _STREAMS:
            stream = Capture(
                memory_bytes=plan.limits.output_bytes,
                spool=spool,
                mask=Mask(plan.hidden),
                listen=LineFeed(listen).feed if listen is not None else None,
                on_exceeded=exceeded,
            )
            theirs.callback(os.close, stream.other_end)
            undo.callback(stream.drop)
            streams.append(stream)
        running = spawner.start(order(confined), [stdin, *(one.other_end for one in streams)])
        for stream in streams:
            stream.start()
        undo.pop_all()
    return running, streams


def _stdin(text: bytes | Earlier | None, earlier: int | None) -> int:
    """A descriptor to read `text` from."""
    if text is None:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    if isinstance(text, Earlier):
        if earlier is None:
            raise Internal(f"{text} was not looked up")
        return os.dup(earlier)
    return memory_file("stdin", text)


def _tails(streams: list[Capture], limit: int) -> Mapping[str, tuple[int, bytes]]:
    return {name: one.tail(limit) for name, one in zip(_STREAMS, streams, strict=True)}


async def _close(streams: list[Capture]) -> list[Output]:
    for stream in streams:
        stream.stop()
    for stream in streams:
        await ending.surely(stream.ended)
    return [stream.close() for stream in streams]


@contextmanager
def _scarcity(plan: Plan) -> Iterator[None]:
    """Tell a machine that has nothing left from a program that cannot be started."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ESTALE:
            raise _StaleView from None
        stage = error.stage if isinstance(error, NotStarted) else 0
        reason = f"{plan.stages[stage].program.name}: {error.strerror}"
        if error.errno in _SCARCE:
            raise Busy(f"out of resources: {reason}", retry_after_seconds=1.0) from error
        doing = f" ({error.filename})" if error.filename else ""
        raise SpawnFailed(f"{reason}{doing}") from error


def _denials(
    confined: ConfinedPlan, spawner: Spawner, usage: Usage, stdout: Output, stderr: Output
) -> tuple[Denial, ...]:
    said = b"\n".join(map(_last_words, (stdout, stderr))).decode(errors="replace")
    folder = spawner.zygote.folder
    return explain(
        confined,
        os.uname().machine,
        usage.refused,
        said,
        disk=Disk(confined.cell.user),
        private=() if folder is None else (folder,),
    )


def _last_words(stream: Output) -> bytes:
    """Whole lines only: a path that is cut off could be taken for another."""
    before = max(0, stream.size - _LAST_WORDS_BYTES)
    tail = stream.read(before, _LAST_WORDS_BYTES)
    return tail.partition(b"\n")[2] if before else tail
