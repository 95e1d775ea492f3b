"""Ordinary commands of agents are not refused, and do what they do in a plain shell.

`PROGRAM.toml` has them: `ordinary`, a list of argv lists or of pipelines; `judged_only`, the
same for those that would not end, or end by chance, or need capabilities.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from handrail.errors import CallError
from handrail.opening import open_line
from handrail.plan.host import Host
from handrail.plan.plan import build_plan
from handrail.plan.program import Program
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision
from handrail.policy.judge import judge
from handrail.process.outcome import Exited
from handrail.profiles.catalogue import program_names, shipped
from handrail.request import Call
from handrail.spec.server import Tier
from handrail.spec.tool import FreeSpec
from tests.attacks.arena import tried
from tests.attacks.place import UID, USER
from tests.attacks.scene import Unrecorded
from tests.attacks.victims import identity
from tests.builders import free_tool, host, server
from tests.corpus.repository import make_repository
from tests.running import said

SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
SECONDS = 20
# What the owner of a server would declare, for commits.
IDENTITY = {
    f"GIT_{role}_{key}": text
    for role in ("AUTHOR", "COMMITTER")
    for key, text in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))
}
HERE = Path(__file__).parent
LEAST = 100


@dataclass(frozen=True)
class Ordinary:
    """One command or pipeline, and what its tool's author accepts."""

    program: str
    stages: list[list[str]]
    acknowledge: list[str]
    writable: list[str] | None
    runs: bool

    @property
    def arguments(self) -> dict[str, object]:
        return {"argv": self.stages[0]} if len(self.stages) == 1 else {"pipe": self.stages}


def ordinary() -> Iterator[Ordinary]:
    for path in sorted(HERE.glob("*.toml")):
        table = tomllib.loads(path.read_text())
        for key in ("ordinary", "judged_only"):
            for one in table.get(key, []):
                stages = one if isinstance(one[0], list) else [one]
                risks, writable = table.get("acknowledge", []), table.get("writable")
                yield Ordinary(path.stem, stages, risks, writable, runs=key == "ordinary")


ALL = list(ordinary())
PROGRAMS = sorted({one.program for one in ALL})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    make_repository(folder)
    return folder


@cache
def tool_for(*acknowledge: str) -> FreeSpec:
    return free_tool(
        *program_names(),
        effect="destructive",
        approval="never",
        network=True,
        acknowledge=acknowledge,
        name="_".join(["run", *acknowledge]).replace("-", "_"),
    )


@cache
def machine(workspace: Path) -> Host:
    """A machine with every program that has a profile: to be judged, it need not be installed."""
    path, names = Path(os.path.realpath("/bin/true")), program_names()
    return replace(
        host(workspace, programs={}),
        programs={name: Program.at(name, path) for name in names},
        profiles={name: found for name in names if (found := shipped(name)) is not None},
        runtimes=dict.fromkeys(names, host().runtimes["echo"]),
    )


def refusal(one: Ordinary, repository: Path) -> str | None:
    """Why the command is refused; None when it is not."""
    tool = tool_for(*one.acknowledge)
    try:
        plan = build_plan(server(tool), tool, one.arguments, machine(repository))
    except CallError as error:
        return f"{error.code}: {error.message}"
    verdict = judge(plan, (), Tier.LANDLOCK, LOCAL)
    if verdict.decision is Decision.ALLOW:
        return None
    return "; ".join(ground.reason for ground in verdict.grounds)


def test_no_ordinary_command_is_refused(
    repository: Path,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = {" | ".join(map(str, one.stages)): refusal(one, repository) for one in ALL}
    wrong = {command: reason for command, reason in refused.items() if reason is not None}
    rate = f"{len(wrong)} of {len(ALL)} ordinary commands are refused: {len(wrong) / len(ALL):.1%}"
    record_property("false_refusals", rate)
    with capsys.disabled():
        sys.stdout.write(f"\n{rate}\n")
    assert len(ALL) >= LEAST
    assert f"of {len(ALL):,} ordinary commands" in (HERE.parents[1] / "README.md").read_text()
    assert not wrong, "\n".join(f"{command}: {reason}" for command, reason in wrong.items())


@pytest.mark.nightly
@pytest.mark.parametrize("program", PROGRAMS)
async def test_an_ordinary_command_ends_as_in_a_plain_shell(
    program: str, repository: Path, tmp_path: Path
) -> None:
    different = [
        f"{one.stages}: {plainly} in a shell, {through} through the tool"
        for one in ALL
        if one.program == program and is_installed(one)
        for plainly, through in [await endings(one, repository, tmp_path)]
        if plainly != through
    ]
    assert not different, "\n".join(different)


def is_installed(one: Ordinary) -> bool:
    return one.runs and all(shutil.which(argv[0], path=SEARCH_PATH) for argv in one.stages)


async def endings(one: Ordinary, repository: Path, tmp_path: Path) -> tuple[int, int | str]:
    """The exit codes of the command, in a plain shell and through a free tool."""
    folders = [tmp_path / "plain", tmp_path / "tool"]
    for folder in folders:
        shutil.copytree(repository, folder, symlinks=True)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, UID, UID if os.geteuid() == 0 else -1, follow_symlinks=False)
    try:
        return in_a_shell(one, folders[0]), await through_a_tool(one, folders[1])
    finally:
        for folder in folders:
            shutil.rmtree(folder)


def in_a_shell(one: Ordinary, workspace: Path) -> int:
    line = " | ".join(shlex.join(argv) for argv in one.stages)
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=workspace,
        env={"PATH": SEARCH_PATH, "HOME": "/nonexistent", "LANG": "C.UTF-8", **IDENTITY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        **identity(UID),
    )
    return done.returncode


async def through_a_tool(one: Ordinary, workspace: Path) -> int | str:
    names = {word for argv in one.stages for word in argv} & set(program_names())
    paths = {name: Path(path) for name in names if (path := shutil.which(name, path=SEARCH_PATH))}
    profiles = {name: found for name in paths if (found := shipped(name)) is not None}
    here = host(workspace, programs=paths, profiles=profiles, user=USER)
    tool = free_tool(
        *paths,
        effect="destructive",
        approval="never",
        network=True,
        acknowledge=one.acknowledge,
        writable=one.writable,
        env=IDENTITY,
        timeout=f"{SECONDS}s",
    )
    means = replace((await tried(Tier.NAMESPACES)).means, user=USER)
    async with open_line(server(tool), here, Unrecorded(), means) as line:
        try:
            outcome = await line.call(Call(tool, one.arguments))
        except CallError as refused:
            return f"{refused.code}: {refused.message}"
        _, stderr = said(outcome)
        if isinstance(outcome.ending, Exited):
            return outcome.ending.code
        return f"{outcome.ending}: {stderr.decode(errors='replace')}"
