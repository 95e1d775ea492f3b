"""What commands must be able to read, write and run, and whether their user may."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Finding, Key
from handrail.plan.declared import Declared
from handrail.plan.program import Program
from handrail.plan.reach import blocked_at, permits
from handrail.plan.user import User
from handrail.spec.server import ServerSpec
from handrail.spec.tool import Effect, ToolSpec

_WORKSPACE = ("workspace", "root")
_VERBS = {os.R_OK: "read", os.W_OK: "written", os.X_OK: "run", os.F_OK: "used"}


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a call needs: `want` is one of `os.R_OK`, `os.W_OK`, `os.X_OK`, `os.F_OK`."""

    at: tuple[Key, ...]
    code: str
    what: str
    path: Path
    want: int


def needs(
    spec: ServerSpec, workspace: Path, programs: Mapping[str, Program], trees: Iterable[Declared]
) -> Iterator[Need]:
    """What the tools of `spec` need; of one place, the lesser need first."""
    if spec.workspace.per_caller:
        yield from _of_own_trees(workspace)
    else:
        yield from _of_workspace(spec, workspace)
    for name, program in programs.items():
        what = f'program "{name}" ({program.path})'
        yield Need(("programs", name), "E415", what, program.path, os.X_OK)
    for tree in trees:
        yield Need(tree.at, "E433", f"{tree.at[2]}: {tree.path}", tree.path, tree.want)


def _of_workspace(spec: ServerSpec, workspace: Path) -> Iterator[Need]:
    yield Need(_WORKSPACE, "E403", f"the workspace {workspace}", workspace, os.R_OK)
    writer = next((tool.name for tool in spec.tools if _writes_workspace(tool)), None)
    if writer is not None:
        what = f'the workspace {workspace} of tool "{writer}"'
        yield Need(_WORKSPACE, "E404", what, workspace, os.W_OK)


def _of_own_trees(shared: Path) -> Iterator[Need]:
    """What is in a caller's folder is theirs; the server makes it, and they must come to it."""
    what = f"the workspace {shared}, where each caller gets a folder,"
    yield Need(_WORKSPACE, "E403", what, shared / "of-a-caller", os.F_OK)
    if os.geteuid() != 0:
        yield Need(_WORKSPACE, "E404", what, shared, os.W_OK)


def forbidden(wanted: Iterable[Need], user: User | None) -> Iterator[Finding]:
    """What files and folders themselves forbid to `user` (None: the server's own), once a place."""
    seen: set[tuple[Key, ...]] = set()
    for need in wanted:
        if need.at not in seen and not permits(need.path, user, need.want):
            seen.add(need.at)
            message = f"{need.what} cannot be {_VERBS[need.want]} by {_words(user)}"
            yield Finding(need.at, need.code, message, _hint("Change its owner or mode", user))


def out_of_reach(wanted: Iterable[Need], user: User) -> Iterator[Finding]:
    """What lies behind folders that `user` may not pass, each folder once a place."""
    seen: set[tuple[tuple[Key, ...], Path]] = set()
    for need in wanted:
        barrier = blocked_at(need.path, user)
        if barrier is not None and (need.at, barrier) not in seen:
            seen.add((need.at, barrier))
            message = f"{need.what} is out of reach: {barrier} is closed to {_words(user)}"
            hint = _hint(f"Open that folder (chmod o+x {barrier}), move what is in it", user)
            yield Finding(need.at, need.code, message, hint)


def _writes_workspace(tool: ToolSpec) -> bool:
    return tool.effect is not Effect.READ and tool.writable is None


def _words(user: User | None) -> str:
    if user is None:
        return "the server's user"
    if user.uid == 0:
        return f"user {user}, whom commands run as, without capabilities"
    return f"user {user}, whom commands run as"


def _hint(remedy: str, user: User | None) -> str:
    if user is None:
        return f"{remedy}, or run the server as another user."
    return f"{remedy}, or name another user in [confinement] user."
