"""Asking a program for its version, where the file demands one."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from handrail.diagnostic import Finding
from handrail.errors import CallError
from handrail.plan.access import bare_access
from handrail.plan.environment import BASE
from handrail.plan.host import Host
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan
from handrail.plan.stage import Stage
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import confine
from handrail.sandbox.means import Means
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect

_WAYS_TO_ASK = ("--version", "-version", "version")
_SPOOL = Path(tempfile.gettempdir())
_VERSION = re.compile(rb"\d+(?:\.\d+)+")
_LIMITS = Limits(
    wall_seconds=5.0,
    memory_bytes=512 * 1024**2,
    cpu_seconds=None,
    pids=64,
    file_bytes=1024**2,
    open_files=256,
    output_bytes=65_536,
    spool_bytes=65_536,
)


async def old_programs(spec: ServerSpec, host: Host, means: Means) -> list[Finding]:
    """A finding for every program that is older than its `min_version`, or does not tell."""
    wanted = {name: program.min_version for name, program in spec.programs.items()}
    asked = {name: least for name, least in wanted.items() if least is not None}
    if not asked:
        return []
    async with Pool(most_idle=1) as pool:
        found = {name: await _ask(host, name, pool, means) for name in asked}
    return list(_judge(asked, found))


def _judge(asked: dict[str, str], found: dict[str, str | None]) -> Iterator[Finding]:
    for name, least in asked.items():
        at, version = ("programs", name, "min_version"), found[name]
        if version is None:
            yield Finding(at, "E413", f'program "{name}" does not tell its version')
        elif _numbers(version) < _numbers(least):
            yield Finding(
                at, "E414", f'program "{name}" is version {version}; at least {least} is needed'
            )


async def _ask(host: Host, name: str, pool: Pool, means: Means) -> str | None:
    for word in _WAYS_TO_ASK:
        try:
            outcome = await run(confine(_plan(host, name, word), means), pool, spool=_SPOOL)
        except CallError:
            return None
        said = outcome.stdout.read(0, 4096) + outcome.stderr.read(0, 4096)
        if version := _VERSION.search(said):
            return version[0].decode()
    return None


def _plan(host: Host, name: str, word: str) -> Plan:
    program, runtime = host.programs[name], host.runtimes[name]
    return Plan(
        tool=program.name,
        stages=(Stage(program, (str(program.path), word)),),
        cwd=Path("/"),
        workspace=Path("/"),
        access=bare_access(name, host),
        env={**BASE, **dict(runtime.env), "PATH": host.search_path},
        stdin=None,
        limits=_LIMITS,
        effect=Effect.READ,
        approval=False,
        network=False,
        hidden=(),
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
