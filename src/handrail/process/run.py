"""A confined plan becomes an outcome, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import anyio

from handrail.errors import Busy, SpawnFailed
from handrail.plan.plan import Plan
from handrail.process import ending
from handrail.process.capture import Capture
from handrail.process.helper import Helper, Running
from handrail.process.lines import LineFeed
from handrail.process.mask import Mask
from handrail.process.outcome import Cancelled, Ending, Outcome, OutputExceeded, TimedOut
from handrail.process.pool import Pool
from handrail.process.spool import Spool
from handrail.process.zygote import wire
from handrail.sandbox.confine import ConfinedPlan
from handrail.spec.server import Tier

_SCARCE = {errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


@dataclass(slots=True)
class _Streams:
    """Both captures of one call."""

    stdout: Capture
    stderr: Capture


async def run(
    confined: ConfinedPlan,
    pool: Pool,
    *,
    spool: Path,
    listen: Callable[[str], None] | None = None,
    cut: asyncio.Future[Ending] | None = None,
) -> Outcome:
    """Run the plan's command to its end, whatever that is.

    `listen` hears lines as they come, from either stream, in any thread. Whoever sets `cut`
    stops the command and says how that ending is called. A cancelled call is
    an outcome too, with `Cancelled` as its ending and its output kept: whoever owns the
    cancellation must go on with it afterwards.

    Raises `SpawnFailed` when the program cannot be started, and `Busy` when the machine has
    no process or descriptor left for it.
    """
    plan = confined.plan
    plan.program.recheck()
    with _scarcity(plan):
        helper = pool.acquire()
    try:
        cut = cut or asyncio.get_running_loop().create_future()
        outcome = await _run(confined, helper, Spool(spool, plan.limits.spool_bytes), listen, cut)
    except BaseException:
        pool.discard(helper)
        raise
    pool.release(helper)
    return outcome


async def _run(
    confined: ConfinedPlan,
    helper: Helper,
    spool: Spool,
    listen: Callable[[str], None] | None,
    cut: asyncio.Future[Ending],
) -> Outcome:
    plan = confined.plan
    began = time.monotonic()
    with _scarcity(plan):
        running, streams = _start(confined, helper, spool, listen, cut)
    ours: Ending | None = None
    try:
        with _scarcity(plan):
            await running.started
        ours = await _wait(plan, running, cut)
    except asyncio.CancelledError:
        ours = Cancelled()
    finally:
        # Shielded: the processes must be gone and the output kept before anyone goes on.
        with anyio.CancelScope(shield=True):
            if running.started.done() and running.started.exception() is None:
                await (ending.sweep if ours is None else ending.stop)(helper, running)
            await _close(streams)
    cpu_seconds, largest_bytes = running.gone.result()
    status = running.exited.result()
    return Outcome(
        ending=ours or ending.by_itself(status, running, cpu_seconds, plan.limits.cpu_seconds),
        stdout=streams.stdout.output(),
        stderr=streams.stderr.output(),
        seconds=time.monotonic() - began,
        cpu_seconds=cpu_seconds,
        max_rss_bytes=largest_bytes,
        confinement=confined.confinement,
        note=_note(plan, running),
    )


async def _wait(plan: Plan, running: Running, cut: asyncio.Future[Ending]) -> Ending | None:
    """Wait for the command's end; the ending, when we must bring it about ourselves."""
    await asyncio.wait(
        [running.exited, cut],
        timeout=plan.limits.wall_seconds,
        return_when=asyncio.FIRST_COMPLETED,
    )
    if cut.done():
        return cut.result()
    return None if running.exited.done() else TimedOut(plan.limits.wall_seconds)


def _start(
    confined: ConfinedPlan,
    helper: Helper,
    spool: Spool,
    listen: Callable[[str], None] | None,
    cut: asyncio.Future[Ending],
) -> tuple[Running, _Streams]:
    plan = confined.plan
    out, out_end = os.pipe2(os.O_CLOEXEC)
    err, err_end = os.pipe2(os.O_CLOEXEC)
    stdin = _stdin(plan.stdin)
    running = helper.start(_order(confined), stdin, out_end, err_end)
    for descriptor in (stdin, out_end, err_end):
        os.close(descriptor)

    def exceeded() -> None:
        if not cut.done():
            cut.set_result(OutputExceeded(spool.limit_bytes))

    def capture(pipe: int) -> Capture:
        return Capture(
            pipe,
            memory_bytes=plan.limits.output_bytes,
            spool=spool,
            mask=Mask(plan.hidden),
            listen=LineFeed(listen).feed if listen is not None else None,
            on_exceeded=exceeded,
        )

    return running, _Streams(capture(out), capture(err))


def _order(confined: ConfinedPlan) -> wire.Order:
    plan, bounded = confined.plan, confined.confinement.tier is not Tier.NONE
    return (
        [os.fsencode(element) for element in plan.argv],
        {os.fsencode(name): os.fsencode(value) for name, value in plan.env.items()},
        os.fsencode(plan.cwd),
        os.fsencode(tempfile.gettempdir()),
        plan.limits.memory_bytes if bounded else 0,
        plan.limits.pids if bounded else 0,
        ceil(plan.limits.cpu_seconds or 0) if bounded else 0,
    )


def _stdin(text: bytes | None) -> int:
    """A descriptor to read `text` from: a file in memory, so that nobody must feed a pipe."""
    if text is None:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    file = os.memfd_create("stdin", os.MFD_CLOEXEC)
    with open(file, "wb", closefd=False) as writer:
        writer.write(text)
    os.lseek(file, 0, os.SEEK_SET)
    return file


async def _close(streams: _Streams) -> None:
    """Read what is left, but not for ever: a descriptor may have been handed out of the tree."""
    both = (streams.stdout, streams.stderr)
    await asyncio.wait([stream.ended for stream in both], timeout=ending.DRAIN_SECONDS)
    for stream in both:
        await stream.close()


@contextmanager
def _scarcity(plan: Plan) -> Iterator[None]:
    """Tell a machine that has nothing left from a program that cannot be started."""
    try:
        yield
    except OSError as error:
        reason = f"{plan.program.name}: {error.strerror}"
        if error.errno in _SCARCE:
            raise Busy(f"out of resources: {reason}", retry_after_seconds=1.0) from error
        doing = f" ({error.filename})" if error.filename else ""
        raise SpawnFailed(f"{reason}{doing}") from error


def _note(plan: Plan, running: Running) -> str | None:
    if running.exceeded == wire.PIDS:
        return f"it had more than {plan.limits.pids} processes at once and was stopped"
    return None
