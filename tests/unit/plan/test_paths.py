"""Path arguments stay in the workspace, however they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import PathOutsideWorkspace
from handrail.plan.paths import confine, render


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a few links, beside things that are none of its business."""
    workspace = tmp_path / "ws"
    for folder in ("sub/deep", "-dir", "new dir"):
        (workspace / folder).mkdir(parents=True)
    (workspace / "file").touch()
    evil = tmp_path / "ws-evil"
    evil.mkdir()
    (evil / "secret").write_text("secret")
    links = {
        "in-file": "file",
        "in-dir": "sub",
        "in-absolute": str(workspace / "sub"),
        "in-new": "sub/not-yet",
        "in-up": "sub/../file",
        "out-file": "../ws-evil/secret",
        "out-dir": "../ws-evil",
        "out-root": "/",
        "out-new": "../not-yet",
        "out-gone": "/nowhere/at/all",
        "out-chain": "chain",
        "chain": "sub/chain",
        "sub/chain": "../out-dir",
        "out-proc": "/proc/self/root/etc/passwd",
        "out-and-in": "../ws/file",
        "out-cwd": "/proc/self/cwd/file",
        "out-cwd-dir": "/proc/self/cwd",
        "loop": "pool",
        "pool": "loop",
        "self": "self",
    }
    for name, target in links.items():
        (workspace / name).symlink_to(target)
    (tmp_path / "back").symlink_to(workspace / "file")
    return workspace


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        ("file", "./file"),
        ("./file", "./file"),
        (".//sub///deep/", "./sub/deep"),
        ("sub/../file", "./file"),
        (".", "./"),
        ("", "./"),
        ("./", "./"),
        ("sub/..", "./"),
        # Not there yet.
        ("new", "./new"),
        ("new/er/est", "./new/er/est"),
        ("sub/new", "./sub/new"),
        ("in-dir/new", "./sub/new"),
        # A name is only a name.
        ("-rf", "./-rf"),
        ("--output=x", "./--output=x"),
        ("-dir/-x", "./-dir/-x"),
        ("new dir/å 日本 🙂", "./new dir/å 日本 🙂"),
        ("line\nbreak", "./line\nbreak"),
        ("~", "./~"),
        ("~root/x", "./~root/x"),
        ("$HOME", "./$HOME"),
        ("...", "./..."),
        ("a" * 255, "./" + "a" * 255),
        # A link to inside keeps its own name; folders on the way are resolved.
        ("in-file", "./in-file"),
        ("in-dir", "./in-dir"),
        ("in-dir/", "./in-dir"),
        ("in-absolute", "./in-absolute"),
        ("in-absolute/deep", "./sub/deep"),
        ("in-new", "./in-new"),
        ("in-up", "./in-up"),
        ("in-dir/../file", "./file"),
        ("in-dir/deep/..", "./sub"),
        # It leads nowhere: the program will say so.
        ("loop", "./loop"),
        ("self", "./self"),
    ],
)
def test_a_path_inside(workspace: Path, value: str, argument: str) -> None:
    assert render(confine(value, workspace, field="p"), workspace) == argument


@pytest.mark.parametrize(
    "value",
    [
        "..",
        "../",
        "../ws-evil",
        "../ws-evil/secret",
        "../back",
        "sub/../..",
        "sub/../../ws-evil",
        "new/../../ws-evil",
        "/",
        "/etc/passwd",
        "//etc/passwd",
        "/proc/self/environ",
        "/proc/self/root/etc/passwd",
        "out-file",
        "out-dir",
        "out-dir/",
        "out-dir/secret",
        "out-dir/new",
        "out-dir/../ws-evil",
        "out-root",
        "out-root/etc/passwd",
        "out-new",
        "out-new/x",
        "out-gone",
        "out-chain",
        "out-chain/secret",
        "chain",
        "sub/chain",
        "out-proc",
        # Out and in again: through /proc, the way in depends on who goes it.
        "out-and-in",
        "out-cwd",
        "out-cwd-dir",
        "out-cwd-dir/file",
        "in-dir/../../ws-evil",
        "in-dir/../out-dir",
        "loop/../../ws-evil",
        "a" * 300 + "/../../ws-evil",
        "x/" * 2100 + "../" * 2101 + "etc",
    ],
)
def test_a_path_outside_is_refused_without_saying_where_it_leads(
    workspace: Path, value: str
) -> None:
    with pytest.raises(PathOutsideWorkspace) as refused:
        confine(value, workspace, field="p")
    error = refused.value
    assert (error.message, error.field, error.hint) == (
        "`p` leads outside the workspace",
        "p",
        "Give a path below the workspace, relative to it.",
    )


def test_a_link_is_not_trusted_because_we_stand_in_the_workspace(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    for value in ("out-cwd", "out-cwd-dir", "out-cwd-dir/file"):
        with pytest.raises(PathOutsideWorkspace):
            confine(value, workspace, field="p")


def test_a_sibling_with_the_same_beginning_is_outside(workspace: Path) -> None:
    with pytest.raises(PathOutsideWorkspace):
        confine(f"{workspace}-evil/secret", workspace, field="p")


def test_an_absolute_path_inside_is_fine(workspace: Path) -> None:
    assert confine(f"{workspace}/sub/x", workspace, field="p") == workspace / "sub/x"
    assert confine(str(workspace), workspace, field="p") == workspace


def test_an_absolute_path_through_a_magic_link_is_named_as_it_is(workspace: Path) -> None:
    assert confine(f"/proc/self/root{workspace}/file", workspace, field="p") == workspace / "file"


def test_a_path_outside_the_current_directory_is_absolute(workspace: Path) -> None:
    cwd = workspace / "sub"
    assert render(workspace / "sub/deep", cwd) == "./deep"
    assert render(workspace / "sub", cwd) == "./"
    assert render(workspace / "file", cwd) == f"{workspace}/file"
    assert render(workspace, cwd) == str(workspace)
    assert render(workspace / "subway", cwd) == f"{workspace}/subway"


def test_a_workspace_that_is_the_root_holds_everything() -> None:
    assert confine("/etc", Path("/"), field="p") == Path("/etc")
    assert confine("..", Path("/"), field="p") == Path("/")
