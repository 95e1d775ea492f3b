"""The victim as a call of the same server: what one command could do to another."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from handrail.process.onlooker import Onlooker
from handrail.process.run import run
from tests.attacks.arena import Arena
from tests.attacks.outside import SECRET
from tests.attacks.victims import MARK, PYTHON, SCRIPT
from tests.running import eventually


@dataclass(frozen=True)
class OtherCall:
    """A victim that runs; `targets` are what an attempt aims at, `heard` are its signals."""

    targets: dict[str, Any]
    lines: list[str]

    async def heard(self) -> set[int]:
        """The signals that it got since it began."""
        os.kill(self.targets["pid"], MARK)
        await eventually(lambda: str(MARK) in self.lines)
        return {int(line) for line in self.lines} - {MARK}


@asynccontextmanager
async def other_call(scene: Arena, ipc_key: int) -> AsyncIterator[OtherCall]:
    """Another call, while it runs; process ids are those outside of its view."""
    lines: list[str] = []
    confined = scene.confined(
        [PYTHON, "-I", "-S", "-", str(ipc_key)],
        stdin=SCRIPT.read_bytes(),
        env={"CANARY": SECRET},
    )
    spool = scene.workspace.parent
    call = asyncio.ensure_future(
        run(confined, scene.pool, spool=spool, onlooker=Onlooker(lines.append))
    )
    try:
        await eventually(lambda: bool(lines))
        held = json.loads(lines.pop(0))
        yield OtherCall({**held, "pid": _pid(confined.plan.argv)}, lines)
    finally:
        call.cancel()
        outcome = await call
        outcome.stdout.close()
        outcome.stderr.close()


def _pid(argv: tuple[str, ...]) -> int:
    """Our number for the process with these arguments, of which there is one."""
    below = psutil.Process().children(recursive=True)
    [found] = [process.pid for process in below if tuple(process.cmdline()) == argv]
    return found
