"""The commands of a call, started side by side: what one writes, the next one reads."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Sequence

from . import wire
from .failure import Failure
from .work import Work, fork

# Whatever we or the server ignore, a command starts with nothing ignored. For SIGPIPE that is
# what ends a command whose reader is gone.
_RESET_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


def start(
    order: wire.Order, env: dict[bytes, bytes], streams: Sequence[int], work: Work | None
) -> list[int]:
    """Start the stages, and return their process ids. `work` does what programs would.

    `streams` are the stdin of the first, the stdout of the last and the stderr of all. Every
    other end of a pipe is closed on exec, and here: each reader sees the end of its writer.

    Raises `Failure`.
    """
    pids: list[int] = []
    pipes: list[tuple[int, int]] = []
    last = stage = len(order.stages) - 1
    try:
        while len(pipes) < last:
            pipes.append(os.pipe())
        sources = [streams[0], *(source for source, _ in pipes)]
        sinks = [*(sink for _, sink in pipes), streams[1]]
        # From the end, which has nothing to read yet: when a later command cannot be started,
        # the earlier ones have done nothing.
        for stage in range(last, -1, -1):
            ends = sources[stage], sinks[stage], streams[2]
            pids.insert(0, _begin(order, stage, env, ends, work))
    except (OSError, ValueError) as error:
        raise Failure.of(error, "starting the program", stage, partial=bool(pids)) from None
    finally:
        for source, sink in pipes:
            os.close(source)
            os.close(sink)
    return pids


def _begin(
    order: wire.Order,
    stage: int,
    env: dict[bytes, bytes],
    ends: Sequence[int],
    work: Work | None,
) -> int:
    # The soft limit is in place before the program runs. The hard one follows at once, and
    # cannot be set earlier, for it would be the zygote's own for ever.
    before = resource.getrlimit(resource.RLIMIT_CPU)
    if order.cpu_seconds:
        resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, before[1]))
    try:
        argv = order.stages[stage]
        return _spawn(argv, env, ends) if work is None else fork(work, argv, ends)
    finally:
        if order.cpu_seconds:
            resource.setrlimit(resource.RLIMIT_CPU, before)


def _spawn(argv: list[bytes], env: dict[bytes, bytes], ends: Sequence[int]) -> int:
    return os.posix_spawn(
        argv[0],
        argv,
        env,
        file_actions=[(os.POSIX_SPAWN_DUP2, ends[n], n) for n in range(3)],
        setsid=True,
        setsigmask=(),
        setsigdef=_RESET_SIGNALS,
    )


def bound(pid: int, order: wire.Order) -> None:
    """Set the hard limit of processor time for what has just been started.

    Not from the thread that started it: that one may not touch other processes any more.
    """
    if not order.cpu_seconds:
        return
    try:
        resource.prlimit(pid, resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))
    except (ProcessLookupError, PermissionError):
        pass  # it has ended, or became another user's: the soft limit stands
