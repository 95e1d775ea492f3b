"""Ordinary commands of agents are not refused, and do what they do in a plain shell.

`PROGRAM.toml` has them: `ordinary`, a list of argv lists or of pipelines.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from handrail.errors import CallError
from handrail.plan.host import Host
from handrail.plan.plan import build_plan
from handrail.plan.program import Program
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision
from handrail.policy.judge import judge
from handrail.profiles.library import shipped, shipped_names
from handrail.spec.server import Tier
from handrail.spec.tool import FreeSpec
from tests.builders import free_tool, host, server
from tests.corpus.repository import make_repository

HERE = Path(__file__).parent
LEAST = 100


@dataclass(frozen=True)
class Ordinary:
    """One command or pipeline, and what its tool's author accepts."""

    program: str
    stages: list[list[str]]
    acknowledge: list[str]

    @property
    def arguments(self) -> dict[str, object]:
        return {"argv": self.stages[0]} if len(self.stages) == 1 else {"pipe": self.stages}


def ordinary() -> Iterator[Ordinary]:
    for path in sorted(HERE.glob("*.toml")):
        table = tomllib.loads(path.read_text())
        for one in table["ordinary"]:
            stages = one if isinstance(one[0], list) else [one]
            yield Ordinary(path.stem, stages, table.get("acknowledge", []))


ALL = list(ordinary())


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    make_repository(folder)
    return folder


@cache
def tool_for(*acknowledge: str) -> FreeSpec:
    return free_tool(
        *shipped_names(),
        effect="destructive",
        approval="never",
        network=True,
        acknowledge=acknowledge,
    )


@cache
def machine(workspace: Path) -> Host:
    """A machine with every program that has a profile: to be judged, it need not be installed."""
    path, names = Path(os.path.realpath("/bin/true")), shipped_names()
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
    assert not wrong, "\n".join(f"{command}: {reason}" for command, reason in wrong.items())
