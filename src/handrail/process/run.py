"""A confined plan becomes an outcome, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
import errno
import marshal
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

from handrail.errors import Busy, NotFound, SpawnFailed
from handrail.plan.disk import Disk
from handrail.plan.plan import Plan
from handrail.plan.stage import Earlier
from handrail.process import ending
from handrail.process.capture import Capture
from handrail.process.lines import LineFeed
from handrail.process.mask import Mask
from handrail.process.memory_file import memory_file
from handrail.process.note import note
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
from handrail.process.spawner import Running, Spawner, Usage
from handrail.process.spool import Spool
from handrail.process.zygote import wire
from handrail.sandbox.confine import ConfinedPlan
from handrail.sandbox.denial import Denial, explain
from handrail.sandbox.landlock import Rules
from handrail.spec.server import Tier

_LAST_WORDS_BYTES = 16_384
_MOST_VIEWS = 3
"""Views that are made for one call, should what they cover be replaced again and again."""
_SCARCE = {errno.EAGAIN, errno.EBUSY, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


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
    stops the command and says how that ending is called. A cancelled call is an outcome too,
    with `Cancelled` as its ending and its output kept: whoever owns the cancellation must go
    on with it afterwards.

    Raises `SpawnFailed` when the program cannot be started, and `Busy` when the machine has
    no process or descriptor left for it.
    """
    plan = confined.plan
    plan.program.recheck()
    cut = cut or asyncio.get_running_loop().create_future()
    for _ in range(_MOST_VIEWS):
        with _scarcity(plan):
            spawner = pool.acquire(confined.cell, _identity(confined))
        try:
            kept = Spool(spool, plan.limits.spool_bytes)
            return await _run(confined, spawner, kept, listen, cut)
        except _StaleView:
            spawner.close()  # never to be used again; a new one sees what is there now
        finally:
            pool.release(spawner)
    raise SpawnFailed(f"{plan.program.name}: what must not be written was exchanged too often")


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
    listen: Callable[[str], None] | None,
    cut: asyncio.Future[Ending],
) -> Outcome:
    plan = confined.plan
    began = time.monotonic()
    with _scarcity(plan):
        running, streams = _start(confined, spawner, spool, listen, cut)
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
        usage, status = running.gone.result(), running.exited.result()
    ended = ours or ending.by_itself(status, running, usage, plan.limits.cpu_seconds)
    return Outcome(
        ending=ended,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - began,
        cpu_seconds=usage.cpu_seconds,
        max_rss_bytes=usage.largest_bytes,
        confinement=confined.confinement,
        note=note(plan, running, spool, ended, usage),
        denials=() if ended == Exited(0) else _denials(confined, spawner, usage, stdout, stderr),
    )


async def _wait(plan: Plan, running: Running, cut: asyncio.Future[Ending]) -> Ending | None:
    """Wait for the command's end; the ending, when we must bring it about ourselves."""
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
) -> tuple[Running, list[Capture]]:
    plan = confined.plan

    def exceeded() -> None:
        if not cut.done():
            cut.set_result(OutputExceeded(spool.limit_bytes))

    with ExitStack() as theirs, ExitStack() as undo:
        stdin = _stdin(plan.stdin)
        theirs.callback(os.close, stdin)
        streams: list[Capture] = []
        for _ in ("stdout", "stderr"):
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
        running = spawner.start(
            _order(confined), [stdin, *(stream.other_end for stream in streams)]
        )
        for stream in streams:
            stream.start()
        undo.pop_all()
    return running, streams


def _order(confined: ConfinedPlan) -> wire.Order:
    plan, limits = confined.plan, confined.plan.limits
    bounded = confined.confinement.tier is not Tier.NONE
    return wire.Order(
        argv=[os.fsencode(element) for element in plan.argv],
        env={os.fsencode(name): os.fsencode(value) for name, value in plan.env.items()},
        root=os.fsencode(plan.workspace),
        cwd=_below(plan.cwd, plan.workspace),
        memory_bytes=limits.memory_bytes if bounded else 0,
        pids=limits.pids if bounded else 0,
        cpu_seconds=ceil(limits.cpu_seconds or 0) if bounded else 0,
        rules=b"" if confined.rules is None else _packed(confined.rules),
        kept=_encoded(plan.access.kept) if confined.cell.view else (),
        masked=_encoded(plan.access.hidden) if confined.cell.view else (),
    )


def _encoded(paths: tuple[Path, ...]) -> tuple[bytes, ...]:
    return tuple(map(os.fsencode, paths))


def _below(folder: Path, root: Path) -> bytes:
    return b"." if folder == root else os.fsencode(folder.relative_to(root))


@lru_cache(maxsize=256)
def _packed(rules: Rules) -> bytes:
    grants = tuple(
        (os.fsencode(grant.path), grant.rights, tuple(map(os.fsencode, grant.besides)))
        for grant in rules.grants
    )
    packed = wire.Rules(rules.files, rules.ports, rules.scopes, grants, rules.temporary)
    return marshal.dumps(tuple(packed))


def _stdin(text: bytes | Earlier | None) -> int:
    """A descriptor to read `text` from."""
    if text is None:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    if isinstance(text, Earlier):
        raise NotFound("this version reads no earlier output")
    return memory_file("stdin", text)


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
        reason = f"{plan.program.name}: {error.strerror}"
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
