"""What a hostile repository makes plain git do, git does not do through a tool.

The policy and git's profile are on trial by themselves: nothing confines these commands.
"""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pytest

from handrail.errors import CallError
from handrail.plan.plan import Plan
from handrail.policy.caller import LOCAL
from handrail.policy.decision import Decision
from handrail.policy.judge import judge
from handrail.profiles.catalogue import shipped
from handrail.spec.server import Tier
from tests.builders import free_tool, host, planned

_HERE = Path(__file__).parent
# As a filter it gets its input at once; as the other end of a connection it would wait for ever.
_TRAP = '#!/bin/sh\ntouch "{mark}"\ntimeout 0.3 cat 2>/dev/null\nexit 0\n'
_NAMES = {
    "GIT_AUTHOR_NAME": "n",
    "GIT_AUTHOR_EMAIL": "n@example.com",
    "GIT_COMMITTER_NAME": "n",
    "GIT_COMMITTER_EMAIL": "n@example.com",
}
_PLAIN = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    **_NAMES,
}
LEAST_CASES = 40


@dataclass(frozen=True)
class Scene:
    """A repository in a workspace, and what must not be reached."""

    workspace: Path
    outside: Path

    @property
    def places(self) -> dict[str, str]:
        return {
            "TRAP": str(self.outside / "bin" / "trap"),
            "BIN": str(self.outside / "bin"),
            "SECRET": str(self.outside / "secret"),
            "OUTSIDE": str(self.outside),
        }

    def sh(self, script: str) -> None:
        done = subprocess.run(
            ["/bin/sh", "-c", script],
            cwd=self.workspace,
            env={**_PLAIN, **self.places},
            capture_output=True,
            text=True,
            check=False,
        )
        (self.outside / "mark").unlink(missing_ok=True)
        assert "fatal:" not in done.stderr, done.stderr

    def reached(self, said: str) -> bool:
        """Whether the repository got its way, when git has `said` this."""
        marks = (self.outside / "mark", self.outside / "written")
        leaked = "SECRET" in said or "SECRET" in "".join(
            path.read_text(errors="replace") for path in self.workspace.glob("new/.git/description")
        )
        return leaked or any(map(Path.exists, marks)) or any(self.outside.glob("*.patch"))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return _made(tmp_path_factory.mktemp("original"))


@pytest.fixture
def scene(original: Scene, tmp_path: Path) -> Scene:
    return _copied(original, tmp_path)


def _made(folder: Path) -> Scene:
    scene = Scene(folder / "workspace", folder / "outside")
    (scene.outside / "bin").mkdir(parents=True)
    scene.workspace.mkdir()
    (scene.outside / "secret").write_text("SECRET\n")
    scene.sh((_HERE / "hostile_git.sh").read_text())
    return scene


def _copied(original: Scene, folder: Path) -> Scene:
    scene = Scene(folder / "workspace", folder / "outside")
    shutil.copytree(original.workspace, scene.workspace, symlinks=True)
    shutil.copytree(original.outside, scene.outside)
    for name in ("trap", "git-status"):
        trap = scene.outside / "bin" / name
        trap.write_text(_TRAP.format(mark=scene.outside / "mark"))
        trap.chmod(0o755)
    return scene


def _plainly(scene: Scene, command: list[str]) -> str:
    return _said(["git", *command], scene.workspace, _PLAIN)[1]


def _said(argv: list[str], cwd: Path, env: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=10,
    )
    return done.returncode, done.stdout


def _planned(scene: Scene, command: list[str], **keys: Any) -> Plan:
    """The plan of a tool that may do everything. Raises what refuses it."""
    git = shutil.which("git", path="/usr/bin")
    profile = shipped("git")
    assert git is not None
    assert profile is not None
    here = host(scene.workspace, programs={"git": Path(git)}, profiles={"git": profile})
    tool = free_tool(
        "git", effect="destructive", approval="never", network=True, env={**_NAMES, **keys}
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
    code, said = _said(list(plan.argv), plan.cwd, dict(plan.env))
    return ("fails" if code else "works"), said


def _cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((_HERE / "hostile_git.toml").read_text())["case"]
    return found


def _filled(command: list[str], scene: Scene) -> list[str]:
    return [Template(word).safe_substitute(scene.places) for word in command]


CASES = [
    pytest.param(case, command, id=f"{case['name']}: {' '.join(command)}")
    for case in _cases()
    for command in case["commands"]
]


def test_there_are_enough_of_them() -> None:
    assert len(_cases()) >= LEAST_CASES


@pytest.mark.parametrize(("case", "command"), CASES)
def test_a_hostile_repository_gets_nowhere(
    case: dict[str, Any], command: list[str], scene: Scene, original: Scene, tmp_path: Path
) -> None:
    scene.sh(case["setup"])
    if command not in case.get("not_plainly", []):
        plain = _copied(original, tmp_path / "plain")
        plain.sh(case["setup"])
        said = _plainly(plain, _filled(command, plain))
        assert plain.reached(said), f"no attack: {said[-800:]}"
    ends, said = _through_a_tool(scene, _filled(command, scene))
    assert not scene.reached(said), said
    if case.get("ends") == "refused":
        assert ends == "refused", said
