"""What an ending does not tell by itself: which bound it was, or that it was none of ours."""

from __future__ import annotations

from handrail.plan.plan import Plan
from handrail.process.outcome import Ending, Signalled
from handrail.process.spawner import Running, Usage
from handrail.process.spool import Spool
from handrail.process.zygote import wire

_MIB = 1 << 20


def note(plan: Plan, running: Running, spool: Spool, ended: Ending, usage: Usage) -> str | None:
    """One sentence for whoever reads the answer; None when there is nothing to add."""
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
