"""The tools of the git pack, all of them, in hostile repositories: nothing of theirs runs.

Nothing confines these commands; the neutralising of repositories is on trial by itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from handrail.errors import CallError
from handrail.plan.host import Host
from handrail.profiles.catalogue import shipped
from handrail.spec.load import load
from handrail.spec.tool import Effect, ToolSpec
from handrail.spec.use import shipped as packs
from tests.attacks.hostile import NAMES, Scene, cases, copied, made, said
from tests.builders import host, planned

TOOLS = {tool.name: tool for tool in load(packs()["git"], {}).tools}
READS: list[tuple[str, dict[str, Any]]] = [
    ("git_status", {}),
    ("git_status", {"untracked": "all", "paths": ["."]}),
    ("git_log", {}),
    ("git_log", {"files": True, "paths": ["a"], "author": "n", "message": "o", "since": "9 years"}),
    ("git_show", {}),
    ("git_show", {"revision": "v1"}),
    ("git_show", {"revision": "HEAD:a"}),
    ("git_show", {"revision": "other:b.f"}),
    ("git_show", {"revision": "signed", "stat": True}),
    ("git_show", {"revision": "stash@{0}"}),
    ("git_diff", {}),
    ("git_diff", {"staged": True}),
    ("git_diff", {"revision": "HEAD"}),
    ("git_diff", {"revision": "HEAD~..other", "stat": True}),
    ("git_blame", {"path": "a"}),
    ("git_blame", {"path": "b.f"}),
    ("git_blame", {"path": "c.d", "revision": "HEAD"}),
    ("git_branches", {"remote": True, "contains": "HEAD"}),
    ("git_tags", {"contains": "HEAD~"}),
    ("git_grep", {"pattern": "one"}),
    ("git_grep", {"pattern": "o.e", "regex": True, "revision": "other"}),
]
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("git_stash", {"action": "list"}),
    ("git_stash", {"action": "show"}),
    ("git_worktree", {"action": "list"}),
    ("git_add", {"paths": ["b.f"]}),
    ("git_add", {"paths": ["."]}),
    ("git_add", {"paths": ["."], "unstage": True}),
    ("git_restore", {"paths": ["b.f"]}),
    ("git_restore", {"paths": ["."], "source": "other"}),
    ("git_stash", {"action": "push", "untracked": True, "message": "m"}),
    ("git_stash", {"action": "pop", "number": 0}),
    ("git_commit", {"message": "x\n\ny: z", "all": True}),
    ("git_add", {"paths": ["."]}),
    ("git_commit", {"message": "x", "amend": True}),
    ("git_switch", {"branch": "other"}),
    ("git_stash", {"action": "apply"}),
    ("git_stash", {"action": "push"}),
    ("git_switch", {"branch": "main"}),
    ("git_switch", {"branch": "with"}),
    ("git_switch", {"branch": "new", "create": True, "start": "HEAD~"}),
    ("git_switch", {"branch": "v1", "detach": True}),
    ("git_worktree", {"action": "add", "path": "more", "revision": "other"}),
    ("git_worktree", {"action": "add", "path": "again", "new_branch": "n2", "revision": "HEAD"}),
    ("git_worktree", {"action": "remove", "path": "more"}),
]
ELSEWHERE = ["tree", "sub", "bare", "folder"]
"""Where cases put further repositories."""
ONLY_IN_SOME = ({"revision": "signed", "stat": True}, {"branch": "with"})
"""What only some cases have."""
REFUSED = {
    "include.path",
    "includeIf.CONDITION.path",
    "a name that -c cannot say",
    "a configuration with a bad line after the trap",
    "a .git file that leads outside",
    "a .git link that leads outside",
    "a .git file through the process's own folder",
    "a configuration that is a link to outside",
    "a commondir outside",
    "core.worktree outside",
    "alternates outside",
    "a submodule with an include",
    "a rebase in the middle, with a command to run",
    "a cherry-pick in the middle, with a strategy that is a program",
    "blame.ignoreRevsFile outside",
    "fsck.skipList outside",
}
"""Cases whose repository is refused as a whole, whatever is called."""


@dataclass(frozen=True)
class Called:
    """What came of one call: git's own code, or that of the error when it was refused."""

    tool: str
    arguments: dict[str, Any]
    code: int | str
    told: str


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return made(tmp_path_factory.mktemp("original"))


@pytest.fixture
def scene(original: Scene, tmp_path: Path) -> Scene:
    return copied(original, tmp_path)


def _here(scene: Scene) -> Host:
    git, profile = shutil.which("git", path="/usr/bin"), shipped("git")
    assert git is not None
    assert profile is not None
    return host(scene.workspace, programs={"git": Path(git)}, profiles={"git": profile})


def _call(tool: ToolSpec, arguments: dict[str, Any], scene: Scene) -> Called:
    """One call, as a person would let it be done."""
    named = tool.model_copy(update={"env": {**tool.env, **NAMES}})
    try:
        plan = planned(named, arguments, _here(scene))
    except CallError as error:
        return Called(tool.name, arguments, error.code, error.message)
    return Called(tool.name, arguments, *said(list(plan.argv), plan.cwd, dict(plan.env)))


def _calls(scene: Scene) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from READS
    for folder in ELSEWHERE:
        if (scene.workspace / folder).is_dir():
            for tool, arguments in (
                ("git_status", {}),
                ("git_diff", {}),
                ("git_add", {"paths": [folder]}),
                ("git_commit", {"message": "x", "all": True}),
            ):
                yield tool, {**arguments, "repository": folder}
    yield from WRITES


def test_every_tool_of_the_pack_is_called() -> None:
    assert {tool for tool, _ in [*READS, *WRITES]} == set(TOOLS)
    assert {TOOLS[tool].effect for tool, _ in READS} == {Effect.READ}
    assert Effect.READ not in {TOOLS[tool].effect for tool, _ in WRITES}


def test_in_a_harmless_repository_the_same_calls_work(scene: Scene) -> None:
    calls = [_call(TOOLS[tool], arguments, scene) for tool, arguments in [*READS, *WRITES]]
    failed = [one for one in calls if one.code != 0 and one.arguments not in ONLY_IN_SOME]
    assert failed == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_no_tool_of_the_pack_runs_what_a_repository_names(
    case: dict[str, Any], scene: Scene, original: Scene, tmp_path: Path
) -> None:
    scene.sh(case["setup"])
    calls = []
    for tool, arguments in list(_calls(scene)):
        one = _call(TOOLS[tool], arguments, scene)
        assert not scene.reached(one.told), one
        calls.append(one)
    refusals = {one.code for one in calls if isinstance(one.code, str)}
    assert refusals <= {"denied", "path_outside_workspace"}
    if case["name"] in REFUSED:
        assert {one.code for one in calls if "repository" not in one.arguments} == {"denied"}
    plain = copied(original, tmp_path / "plain")
    plain.sh(case["setup"])
    attacks = [one for one in case["commands"] if one not in case.get("not_plainly", [])]
    if attacks:
        assert any(plain.reached(plain.plainly(one)) for one in attacks), "no attack at all"
