"""What an ending does not tell by itself: which bound it was, or that it was none of ours."""

from __future__ import annotations

from collections.abc import Iterator

from handrail.plan.plan import Plan
from handrail.process.outcome import Ending, Exited, Signalled, StageEnding
from handrail.process.spawner import Running, Usage
from handrail.process.spool import Spool
from handrail.process.zygote import wire

_MIB = 1 << 20


def note(
    plan: Plan,
    running: Running,
    spool: Spool,
    ended: Ending,
    usage: Usage,
    stages: tuple[StageEnding, ...],
) -> str | None:
    """One sentence for whoever reads the answer; None when there is nothing to add."""
    of_call = _of_call(plan, running, spool, ended, usage)
    return "; ".join([*filter(None, [of_call]), *_of_stages(running, stages)]) or None


def _of_call(plan: Plan, running: Running, spool: Spool, ended: Ending, usage: Usage) -> str | None:
    if running.exceeded == wire.PIDS:
        return f"it had more than {plan.limits.pids} processes at once and was stopped"
    if running.forks_refused:
        return f"it was refused more than {plan.limits.pids} processes at once"
    if running.starved:
        return "one of its processes was killed because the memory it may use was full"
    if spool.broken:
        return "there was no room to keep more of its output, and it was stopped"
    return _of_signal(plan, ended, usage)


def _of_signal(plan: Plan, ended: Ending, usage: Usage) -> str | None:
    if ended == Signalled("SIGXFSZ"):
        return f"a file of it would have outgrown file_size, {plan.limits.file_bytes} bytes"
    if ended == Signalled("SIGKILL"):
        # Whose it was, nobody tells: its own, a stranger's, or the kernel's for want of memory.
        return (
            f"handrail did not send it; the command held {usage.largest_bytes // _MIB} MiB at most"
        )
    return None


def _of_stages(running: Running, stages: tuple[StageEnding, ...]) -> Iterator[str]:
    """What went wrong before the last stage, whose ending is all that the call's tells."""
    last = len(stages) - 1
    for n, stage in enumerate(stages[:last]):
        name = f"stage {n + 1}, {stage.program},"
        if n not in running.stopped:
            yield from (f"{name} {how}" for how in _failure(stage.ending))
        elif last not in running.stopped:
            yield f"{name} still ran when the last one had ended, and was stopped"


def _failure(ending: Ending) -> Iterator[str]:
    match ending:
        case Exited(0) | Signalled("SIGPIPE"):
            pass  # by SIGPIPE ends what its reader wants no more of
        case Exited(code):
            yield f"exited with code {code}"
        case Signalled(signal):
            yield f"was ended by {signal}"
        case _:
            pass  # that is the whole call's
