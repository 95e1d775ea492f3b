"""Where an attack by command line is tried: in a shell, through a free tool, without policy."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from handrail.errors import CallError
from handrail.opening import open_line
from handrail.plan.access import access_of
from handrail.plan.environment import environment
from handrail.plan.host import Host
from handrail.plan.program import Program
from handrail.plan.stage import Stage
from handrail.process.outcome import Outcome
from handrail.process.pool import Pool
from handrail.process.run import run
from handrail.profiles.catalogue import profile_of, program_names
from handrail.record.record import CallRecord
from handrail.request import Call
from handrail.sandbox.confine import confine
from handrail.sandbox.means import Means
from handrail.spec.tool import FreeSpec
from tests.attacks.case import Case
from tests.attacks.place import UID, USER
from tests.attacks.victims import identity
from tests.builders import free_tool, host, plan, server
from tests.running import said

_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_SECONDS = 20


@dataclass(frozen=True)
class Scene:
    """A workspace, and what lies outside it. All of it belongs to whom commands run as."""

    case: Case
    workspace: Path
    outside: Path
    canary: str

    def reached(self, said: bytes) -> bool:
        """Whether the attack reached its goal, having `said` this."""
        victim = self.outside / "victim"
        match self.case.goal:
            case "execute":
                return (self.outside / "proof").exists()
            case "write":
                changed = not victim.exists() or victim.read_bytes() != b"as it was\n"
                return (self.outside / "written").exists() or changed
            case "destroy":
                return not victim.exists() or victim.stat().st_size == 0
            case "read":
                return self.canary.encode() in said or self._leaked()

    def _leaked(self) -> bool:
        found = (path for path in self.workspace.rglob("*") if path.is_file())
        return any(
            self.canary.encode() in path.read_bytes() for path in found if not path.is_symlink()
        )


@contextmanager
def scene(case: Case) -> Iterator[Scene]:
    """A fresh scene for `case`, set up."""
    above = Path(tempfile.mkdtemp(prefix="commands-"))
    above.chmod(0o711)
    workspace, outside = above / "workspace", above / "outside"
    places = {
        "proof": outside / "proof",
        "outside": outside,
        "secret": outside / "secret",
        "workspace": workspace,
    }
    case = case.at({name: str(place) for name, place in places.items()})
    canary = f"canary-{secrets.token_hex(8)}"
    try:
        outside.mkdir()
        (outside / "secret").write_text(f"{canary}\n")
        (outside / "victim").write_text("as it was\n")
        _furnish(workspace, case)
        for path in (workspace, outside, *workspace.rglob("*"), *outside.rglob("*")):
            os.chown(path, UID, UID if os.geteuid() == 0 else -1, follow_symlinks=False)
        for argv in case.setup:
            _plainly(argv, workspace, check=True)
        yield Scene(case, workspace, outside, canary)
    finally:
        shutil.rmtree(above)


def _furnish(workspace: Path, case: Case) -> None:
    workspace.mkdir()
    for name, text in case.files.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.endswith(".sh") else 0o644)
    for name, target in case.links.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).symlink_to(target)


def in_a_shell(at: Scene) -> bytes:
    """What the attack says in a plain shell, as the user whom commands run as."""
    line = " | ".join(shlex.join(argv) for argv in at.case.commands)
    return _plainly(["sh", "-c", line], at.workspace, stdin=at.case.stdin)


def _plainly(
    argv: list[str], workspace: Path, *, stdin: str | None = None, check: bool = False
) -> bytes:
    done = subprocess.run(
        argv,
        cwd=workspace,
        input=(stdin or "").encode(),
        env={"PATH": _SEARCH_PATH, "HOME": str(workspace), "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=check,
        **identity(UID),
    )
    return bytes(done.stdout)


@cache
def _machine() -> Host:
    """Every program that has a profile and is installed here."""
    found = {name: shutil.which(name, path=_SEARCH_PATH) for name in program_names()}
    paths = {name: Path(path) for name, path in found.items() if path is not None}
    profiles = {name: profile_of(path) for name, path in paths.items()}
    known = {name: profile for name, profile in profiles.items() if profile is not None}
    return host(programs=paths, profiles=known, user=USER)


def machine(workspace: Path) -> Host:
    """The same, with this workspace."""
    return replace(
        _machine(),
        file=workspace / "handrail.toml",
        workspace=workspace,
        state=workspace / ".handrail",
        standings={},
    )


def tool_for(case: Case) -> FreeSpec:
    """A tool that may destroy, and runs every program that the attack names, and a shell."""
    known = _machine().programs
    words = {word for argv in case.commands for word in argv}
    return free_tool(
        *sorted({"cat", "sh", *words} & known.keys()), effect="destructive", approval="never"
    )


class Unrecorded:
    """A recorder of nothing."""

    is_failing = False

    async def begin(self, call: CallRecord) -> None:
        """Keep nothing."""

    async def end(self, call: CallRecord) -> None:
        """Keep nothing."""


async def through_a_tool(at: Scene, means: Means) -> tuple[str | None, bytes]:
    """How a free tool answers the attack: the code of its refusal, and what was said."""
    tool = tool_for(at.case)
    arguments: dict[str, object] = (
        {"pipe": at.case.pipe} if at.case.pipe else {"argv": at.case.argv}
    )
    if at.case.stdin is not None:
        arguments["stdin"] = at.case.stdin
    async with open_line(server(tool), machine(at.workspace), Unrecorded(), means) as line:
        try:
            outcome = await line.call(Call(tool, arguments))
        except CallError as refused:
            return refused.code, refused.message.encode()
        return None, _all_of(outcome)


async def without_policy(at: Scene, means: Means) -> bytes:
    """What the attack says when nothing but confinement is in its way."""
    tool, here = tool_for(at.case), machine(at.workspace)
    stages = tuple(_unjudged(argv) for argv in at.case.commands)
    stdin = None if at.case.stdin is None else at.case.stdin.encode()
    raw = plan(
        str(stages[0].argv[0]),
        cwd=at.workspace,
        workspace=at.workspace,
        access=access_of(tool, here),
        env=environment(tool, here),
        effect=tool.effect,
        stdin=stdin,
        wall_seconds=float(_SECONDS),
    )
    async with Pool(most_idle=1) as pool:
        confined = confine(replace(raw, stages=stages), means)
        return _all_of(await run(confined, pool, spool=at.outside.parent))


def _unjudged(argv: list[str]) -> Stage:
    path = Path(str(shutil.which(argv[0], path=_SEARCH_PATH)))
    return Stage(Program.at(argv[0], path), (str(path), *argv[1:]))


def _all_of(outcome: Outcome) -> bytes:
    return b"\n".join(said(outcome))
