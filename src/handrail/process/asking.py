"""Asking a program what it says of itself: its help, its version; confined like a command."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from handrail.errors import CallError
from handrail.plan.access import access_to_run
from handrail.plan.environment import BASE
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan
from handrail.plan.program import Program
from handrail.plan.runtime import runtime_of, system
from handrail.plan.stage import Stage
from handrail.plan.user import User, choose_user
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.process.tiers import choose
from handrail.sandbox.confine import confine
from handrail.sandbox.means import Means
from handrail.spec.server import ConfinementTable, Tier
from handrail.spec.tool import Effect

_SPOOL = Path(tempfile.gettempdir())
_LIMITS = Limits(
    wall_seconds=10.0,
    memory_bytes=512 * 1024**2,
    cpu_seconds=10.0,
    pids=64,
    file_bytes=1024**2,
    open_files=256,
    output_bytes=262_144,
    spool_bytes=1024**2,
)
_WIDE = {"COLUMNS": "100", "GIT_PAGER": "cat", "MANPAGER": "cat", "PAGER": "cat"}
_FOLDERS = "/usr/local/bin:/usr/bin:/bin"


async def ask(program: Path, *questions: Sequence[str]) -> list[str]:
    """What `program` (absolute) prints when it is run with each of these arguments.

    Empty where it could not be started. Whatever its exit code is: some programs call asking for
    help an error. Raises `ConfinementUnavailable` where nothing confines it at all.
    """
    user = choose_user(None, Path("/"))
    least = ConfinementTable(require=Tier.RLIMITS)
    means = await choose(least, user if isinstance(user, User) else None)
    async with Pool(most_idle=1) as pool:
        return [await _ask(_plan(program, words), pool, means) for words in questions]


async def _ask(plan: Plan, pool: Pool, means: Means) -> str:
    try:
        outcome = await run(confine(plan, means), pool, spool=_SPOOL)
    except CallError:
        return ""
    streams = (outcome.stdout, outcome.stderr)
    said = [one.read(0, _LIMITS.output_bytes).decode(errors="replace") for one in streams]
    for stream in streams:
        stream.close()
    return "\n".join(said)


def _plan(program: Path, words: Sequence[str]) -> Plan:
    runtime = runtime_of(program)
    path = f"{program.parent}:{_FOLDERS}"
    return Plan(
        tool=program.name,
        stages=(Stage(Program.at(program.name, program), (str(program), *words)),),
        cwd=Path("/"),
        workspace=Path("/"),
        access=access_to_run(program, runtime, system()),
        env={**BASE, **dict(system().env), **dict(runtime.env), **_WIDE, "PATH": path},
        stdin=None,
        limits=_LIMITS,
        effect=Effect.READ,
        approval=False,
        network=False,
        hidden=(),
    )
