"""What a hostile repository makes plain git do, git does not do through a tool.

The policy and git's profile are on trial by themselves: nothing confines these commands.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import CallError
from handrail.plan.plan import Plan
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision
from handrail.policy.judge import judge
from handrail.profiles.catalogue import shipped
from handrail.spec.server import Tier
from tests.attacks.hostile import NAMES, Scene, cases, copied, made, said
from tests.builders import free_tool, host, planned

LEAST_CASES = 40


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return made(tmp_path_factory.mktemp("original"))


@pytest.fixture
def scene(original: Scene, tmp_path: Path) -> Scene:
    return copied(original, tmp_path)


def _planned(scene: Scene, command: list[str], **keys: Any) -> Plan:
    """The plan of a tool that may do everything. Raises what refuses it."""
    git = shutil.which("git", path="/usr/bin")
    profile = shipped("git")
    assert git is not None
    assert profile is not None
    here = host(scene.workspace, programs={"git": Path(git)}, profiles={"git": profile})
    tool = free_tool(
        "git", effect="destructive", approval="never", network=True, env={**NAMES, **keys}
    )
    return planned(tool, {"argv": ["git", *command]}, here)


def _through_a_tool(scene: Scene, command: list[str], **keys: Any) -> tuple[str, str]:
    """How it ends, and what is said."""
    try:
        plan = _planned(scene, command, **keys)
    except CallError as refused:
        return "refused", refused.message
    verdict = judge(plan, (), Tier.RLIMITS, LOCAL)
    if verdict.decision is Decision.DENY:
        return "refused", "; ".join(ground.reason for ground in verdict.grounds)
    code, told = said(list(plan.argv), plan.cwd, dict(plan.env))
    return ("fails" if code else "works"), told


CASES = [
    pytest.param(case, command, id=f"{case['name']}: {' '.join(command)}")
    for case in cases()
    for command in case["commands"]
]


def test_there_are_enough_of_them() -> None:
    assert len(cases()) >= LEAST_CASES


@pytest.mark.parametrize(("case", "command"), CASES)
def test_a_hostile_repository_gets_nowhere(
    case: dict[str, Any], command: list[str], scene: Scene, original: Scene, tmp_path: Path
) -> None:
    scene.sh(case["setup"])
    if command not in case.get("not_plainly", []):
        plain = copied(original, tmp_path / "plain")
        plain.sh(case["setup"])
        told = plain.plainly(command)
        assert plain.reached(told), f"no attack: {told[-800:]}"
    ends, told = _through_a_tool(scene, scene.filled(command))
    assert not scene.reached(told), told
    if case.get("ends") == "refused":
        assert ends == "refused", told
