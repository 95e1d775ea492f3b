"""A path argument does not reach what is outside of the workspace, seen from a real program."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import PathOutsideWorkspace
from handrail.plan.plan import Plan
from handrail.sandbox.confine import confine
from tests.builders import RLIMITS, host, planned, tool
from tests.running import run_one, said


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    workspace = tmp_path / "ws"
    (workspace / "sub").mkdir(parents=True)
    (workspace / "file").write_text("file")
    (workspace / "sub" / "inner").write_text("inner")
    (workspace / "out").symlink_to("../secret")
    (workspace / "up").symlink_to("..")
    (workspace / "in").symlink_to("sub")
    return workspace


def reading(path: str, workspace: Path, *, cwd: str | None = None) -> Plan:
    keys = {} if cwd is None else {"cwd": cwd}
    declared = tool("{p}", params={"p": {"type": "path"}}, program="cat", **keys)
    return planned(declared, {"p": path}, host(workspace, programs={"cat": Path("/bin/cat")}))


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "sub/../../secret",
        "out",
        "up/secret",
        "./up/secret",
        "in/../../secret",
        "up/../up/secret",
        "/etc/passwd",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd/../secret",
        "/dev/fd/0",
        "up",
    ],
)
def test_what_is_outside_is_refused_before_anything_runs(workspace: Path, path: str) -> None:
    with pytest.raises(PathOutsideWorkspace) as refused:
        reading(path, workspace)
    words = f"{refused.value.message} {refused.value.hint} {refused.value!r}"
    assert not any(name in words for name in ("secret", "passwd", str(workspace), "/"))


@pytest.mark.parametrize(
    ("path", "cwd", "content"),
    [
        ("file", None, b"file"),
        ("in/inner", None, b"inner"),
        ("file", "sub", b"file"),
        ("sub/inner", "sub", b"inner"),
        ("in/inner", "in", b"inner"),
    ],
)
async def test_what_is_inside_is_reached_from_any_directory(
    workspace: Path, path: str, cwd: str | None, content: bytes
) -> None:
    confined = confine(reading(path, workspace, cwd=cwd), RLIMITS)
    assert said(await run_one(confined, workspace / "spool")) == (content, b"")


def test_the_workspace_itself_may_be_a_link(tmp_path: Path, workspace: Path) -> None:
    (tmp_path / "link").symlink_to("ws")
    with pytest.raises(PathOutsideWorkspace):
        reading("../secret", (tmp_path / "link").resolve())
