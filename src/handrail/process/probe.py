"""Trying out a tier: a command of ours, started like every command, tries what is forbidden."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from handrail.errors import CallError
from handrail.plan.access import access_to_run
from handrail.plan.environment import BASE
from handrail.plan.limits import Limits
from handrail.plan.plan import Plan
from handrail.plan.program import Program
from handrail.plan.reach import blocked_at
from handrail.plan.runtime import runtime_of, system
from handrail.plan.stage import Stage
from handrail.plan.user import User
from handrail.process.boot import INTERPRETER
from handrail.process.outcome import Exited, Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.sandbox.confine import confine
from handrail.sandbox.evidence import Evidence
from handrail.sandbox.means import Means
from handrail.spec.server import Tier
from handrail.spec.tool import Effect

_SYSTEM_PYTHONS = (Path("/usr/bin/python3"), Path("/usr/local/bin/python3"))
_LIMITS = Limits(
    wall_seconds=15.0,
    memory_bytes=512 * 1024**2,
    cpu_seconds=10.0,
    pids=64,
    file_bytes=1024**2,
    open_files=256,
    output_bytes=65_536,
    spool_bytes=65_536,
)


@dataclass(frozen=True, slots=True)
class Targets:
    """What is there to be attacked: open to everybody, so that only a tier can protect it."""

    folder: Path
    port: int
    abstract: str

    @property
    def workspace(self) -> Path:
        """The probe's workspace."""
        return self.folder / "workspace"

    @property
    def outside(self) -> Path:
        """What lies outside it."""
        return self.folder / "outside"

    def told(self, means: Means) -> str:
        """All of it, for the probe."""
        return json.dumps(
            {
                "workspace": str(self.workspace),
                "outside": str(self.outside),
                "tcp": self.port,
                "abstract": self.abstract,
                "server": os.getpid(),
                "as_root": means.user is not None and means.user.uid == 0,
            }
        )


async def probe(means: Means) -> Evidence:
    """What a command meets at the tier of `means`. Takes about a tenth of a second."""
    try:
        with _targets(means.user) as targets:
            async with Pool(most_idle=1) as pool:
                outcome = await run(
                    confine(_plan(means, targets), means), pool, spool=targets.folder
                )
    except (OSError, CallError) as error:
        return Evidence(means.tier, {}, _why(error))
    return _read(means, outcome)


def _why(error: OSError | CallError) -> str:
    said = error.message if isinstance(error, CallError) else str(error)
    return ": ".join([said, *getattr(error, "__notes__", [])])


def _read(means: Means, outcome: Outcome) -> Evidence:
    stdout = outcome.stdout.read(0, _LIMITS.output_bytes)
    stderr = outcome.stderr.read(0, 1024).decode(errors="replace").strip()
    outcome.stdout.close()
    outcome.stderr.close()
    if outcome.ending != Exited(0):
        last = stderr.splitlines()[-1:]
        return Evidence(means.tier, {}, " ".join([f"the probe ended with {outcome.ending}", *last]))
    return Evidence(means.tier, json.loads(stdout))


def _plan(means: Means, targets: Targets) -> Plan:
    workspace, python = targets.workspace, _interpreter(means)
    bare = access_to_run(python, runtime_of(python), system())
    argv = (str(python), "-I", "-S", "-c", _attempts(), targets.told(means))
    return Plan(
        tool="probe",
        stages=(Stage(Program.at("python", python), argv),),
        cwd=workspace,
        workspace=workspace,
        access=replace(
            bare,
            readable=(workspace, *bare.readable),
            writable=(workspace,),
            kept=(workspace / ".git",),
        ),
        env=BASE,
        stdin=None,
        limits=_LIMITS,
        effect=Effect.WRITE,
        approval=False,
        network=False,
        hidden=(),
    )


def _interpreter(means: Means) -> Path:
    """A Python that the user can start; in a view of its own, that of the zygote.

    Raises `OSError` when there is none.
    """
    if means.user is None or means.tier is Tier.NAMESPACES:
        return INTERPRETER
    for python in (INTERPRETER, *_SYSTEM_PYTHONS):
        if python.exists() and blocked_at(python, means.user, os.X_OK) is None:
            return python
    raise PermissionError(f"{means.user} can start no Python to try it with, not {INTERPRETER}")


@cache
def _attempts() -> str:
    return Path(__file__).with_name("attempts.py").read_text("utf-8")


@contextmanager
def _targets(user: User | None) -> Iterator[Targets]:
    folder = Path(tempfile.mkdtemp(prefix="handrail-probe-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        targets = Targets(folder, _tcp(stack), f"handrail-probe-{secrets.token_hex(8)}")
        _open_to_all(targets.outside / "secret")
        for name in ("file", ".git/config", "folder/file"):
            _open_to_all(targets.workspace / name)
        _unix(stack, _short(stack, targets.outside) + "/socket")
        _unix(stack, "\0" + targets.abstract)
        (targets.outside / "socket").chmod(0o777)
        yield targets


def _open_to_all(file: Path) -> None:
    """A file in a folder that anybody may do anything to."""
    file.parent.mkdir(exist_ok=True)
    file.parent.chmod(0o777)
    file.write_text("secret\n")
    file.chmod(0o666)


def _tcp(stack: ExitStack) -> int:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return int(listener.getsockname()[1])


def _short(stack: ExitStack, folder: Path) -> str:
    """Another name of a folder: a socket's address has room for 107 letters (unix(7))."""
    opened = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    stack.callback(os.close, opened)
    return f"/proc/self/fd/{opened}"


def _unix(stack: ExitStack, address: str) -> None:
    listener = stack.enter_context(socket.socket(socket.AF_UNIX))
    listener.bind(address)
    listener.listen()
