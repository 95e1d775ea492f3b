"""What a tree opens and what it refuses, with openat2(2) and without it."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_IFCHR
from typing import Any

import pytest

from handrail.process.zygote.beneath import open_beneath, walk_beneath
from handrail.systems.files import tree as module
from handrail.systems.files.refused import Refused
from handrail.systems.files.tree import Tree
from tests.conftest import open_descriptors

ROOT = Path(__file__).parents[4]
Open = Callable[[int, bytes, int], int]


@pytest.fixture(params=[open_beneath, walk_beneath], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Every test both by openat2(2) and by the walk that stands in for it."""
    way: Open = request.param
    monkeypatch.setattr(module, "open_beneath", way)
    return way


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    workspace = tmp_path / "ws"
    (workspace / "sub").mkdir(parents=True)
    (workspace / ".handrail").mkdir()
    (workspace / ".git").mkdir()
    for name in ("file", "sub/inner", ".handrail/keys.json", ".git/config", "secrets.env"):
        (workspace / name).write_text(name)
    return workspace


@pytest.fixture
def tree(workspace: Path) -> Iterator[Tree]:
    root = os.open(workspace, os.O_PATH)
    yield Tree(root, writable=(".",), kept=("handrail.toml",), hidden=("secrets.env",))
    os.close(root)


def content(descriptor: int) -> str:
    with os.fdopen(descriptor) as file:
        return file.read()


def refusal(use: Callable[..., Any], *given: object) -> dict[str, object]:
    """Why it is refused; a refusal leaves no descriptor behind."""
    before = list(open_descriptors())
    with pytest.raises(Refused) as refused:
        use(*given)
    assert list(open_descriptors()) == before
    return refused.value.told


def test_files_are_opened_by_any_way_that_stays_inside(tree: Tree, workspace: Path) -> None:
    (workspace / "link").symlink_to("sub/../file")
    for path in ("./file", "file", "sub/../file", "./link"):
        assert content(tree.open(path).descriptor) == "file"


def test_a_place_is_where_it_is_and_not_how_it_was_called(tree: Tree, workspace: Path) -> None:
    (workspace / "link").symlink_to("sub")
    for path, place in {
        "link/inner": "sub/inner",
        "./": ".",
        "link/..": ".",
        "link": "sub",
    }.items():
        looked, found = tree.look(path)
        assert found == tree.place(looked) == place
        os.close(looked)


@pytest.mark.parametrize(
    "name", ["new\nline", "x (deleted)", b"\xff\xfe".decode("utf-8", "surrogateescape"), "\\012"]
)
def test_any_name_has_a_place(tree: Tree, workspace: Path, name: str) -> None:
    (workspace / name).write_text("odd")
    looked, found = tree.look(name)
    assert found == tree.place(looked) == name
    os.close(looked)


def test_what_was_moved_inside_has_a_new_place(tree: Tree, workspace: Path) -> None:
    looked, _ = tree.look("sub/inner")
    (workspace / "sub").rename(workspace / "bus")
    assert tree.place(looked) == "bus/inner"
    os.close(looked)


def _remove(file: Path) -> None:
    file.unlink()


def _replace(file: Path) -> None:
    (file.parent / "other").write_text("other")
    (file.parent / "other").rename(file)


def _move_out(file: Path) -> None:
    file.rename(file.parents[2] / "out")


def _remove_with_a_double(file: Path) -> None:
    """Another file has the very name that proc(5) gives a removed one."""
    (file.parent / "inner (deleted)").write_text("double")
    file.unlink()


@pytest.mark.parametrize("change", [_remove, _replace, _move_out, _remove_with_a_double])
def test_what_was_moved_out_or_removed_has_no_place(
    tree: Tree, workspace: Path, change: Callable[[Path], None]
) -> None:
    looked, _ = tree.look("sub/inner")
    change(workspace / "sub" / "inner")
    assert refusal(tree.place, looked)["code"] == "not_found"
    os.close(looked)


def test_a_hidden_file_is_refused_though_it_is_replaced_meanwhile(
    tree: Tree, workspace: Path, way: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one has neither its place nor its identity any more, and is just as secret."""
    rotated: list[bytes] = []

    def open_and_rotate(root: int, path: bytes, flags: int) -> int:
        found = way(root, path, flags)
        if not rotated:
            rotated.append(path)
            (workspace / "new").write_text("new secret")
            (workspace / "new").rename(workspace / "secrets.env")
        return found

    monkeypatch.setattr(module, "open_beneath", open_and_rotate)
    assert refusal(tree.open, "secrets.env")["code"] == "denied"
    assert rotated


def test_what_is_removed_and_made_all_the_time_is_busy(
    tree: Tree, workspace: Path, way: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_and_remove(root: int, path: bytes, flags: int) -> int:
        (workspace / "file").write_text("again")
        found = way(root, path, flags)
        (workspace / "file").unlink()
        return found

    monkeypatch.setattr(module, "open_beneath", open_and_remove)
    assert refusal(tree.open, "file")["code"] == "busy"


@pytest.mark.parametrize(
    "path",
    ["secrets.env", "hard", "link", ".handrail/keys.json", ".handrail", "sub/.handrail/x", "ours"],
)
def test_what_is_hidden_is_refused_by_every_name(tree: Tree, workspace: Path, path: str) -> None:
    (workspace / "sub" / ".handrail").mkdir()
    (workspace / "sub" / ".handrail" / "x").write_text("x")
    (workspace / "hard").hardlink_to(workspace / "secrets.env")
    (workspace / "link").symlink_to("hard")
    (workspace / "ours").symlink_to(".handrail")
    for use in (tree.open, tree.look, tree.folder):
        assert refusal(use, path)["code"] == "denied"


def test_a_repository_can_be_read(tree: Tree) -> None:
    assert content(tree.open(".git/config").descriptor) == ".git/config"


@pytest.mark.parametrize(
    "path", ["../secret", "out", "up/secret", "/etc/passwd", "sub/../../secret"]
)
def test_what_is_outside_is_refused(tree: Tree, workspace: Path, path: str) -> None:
    (workspace / "out").symlink_to("../secret")
    (workspace / "up").symlink_to("..")
    for use in (tree.open, tree.look, tree.folder):
        assert refusal(use, path)["code"] == "path_outside_workspace"


def test_a_link_itself_is_looked_at_without_being_followed(tree: Tree, workspace: Path) -> None:
    (workspace / "out").symlink_to("../secret")
    (workspace / "in").symlink_to("sub")
    for path, place in {
        "out": "out",
        "in": "in",
        "in/": "in",
        "in/inner": "sub/inner",
        "": ".",
    }.items():
        looked, found = tree.look_at(path)
        assert found == tree.place(looked) == place
        os.close(looked)
    assert refusal(tree.look_at, "out/x")["code"] == "path_outside_workspace"


def test_special_files_are_never_opened(tree: Tree, workspace: Path) -> None:
    """A FIFO that is opened to be read blocks until there is a writer: this returns."""
    os.mkfifo(workspace / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(workspace / "socket"))
    kinds = {"fifo": "a FIFO", "socket": "a socket"}
    if os.geteuid() == 0:
        os.mknod(workspace / "device", 0o666 | S_IFCHR, os.makedev(1, 3))
        kinds["device"] = "a device"
    for name, kind in kinds.items():
        error = refusal(tree.open, name)
        assert (error["code"], error["message"]) == ("argument_invalid", f"`path` is {kind}")
        assert refusal(tree.folder, name)["code"] == "argument_invalid"


def test_files_and_folders_are_told_apart(tree: Tree) -> None:
    assert "list_files" in str(refusal(tree.open, "sub")["hint"])
    assert "read_file" in str(refusal(tree.folder, "file")["hint"])
    folder, _ = tree.folder("sub")
    with os.scandir(folder) as entries:
        assert [entry.name for entry in entries] == ["inner"]
    os.close(folder)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("none", "not_found"),
        ("file/x", "argument_invalid"),
        ("n" * 256, "argument_invalid"),
        ("a/" * 3000, "argument_invalid"),
        ("nul\0", "argument_invalid"),
        ("\ud800", "argument_invalid"),
        ("loop", "path_outside_workspace"),
    ],
)
def test_what_leads_nowhere_says_why(tree: Tree, workspace: Path, path: str, code: str) -> None:
    (workspace / "loop").symlink_to("loop")
    assert refusal(tree.open, path)["code"] == code


@pytest.mark.parametrize(
    "place",
    [
        ".git/config",
        "sub/.GIT/hooks/x",
        ".handrail/trash/x",
        "handrail.toml",
        "Handrail.TOML",
        "secrets.env",
        "conf",
        ".",
    ],
)
def test_what_is_kept_is_never_written(tree: Tree, place: str) -> None:
    """Nor is a folder that it lies in, for who moves that moves it too."""
    guarded = Tree(tree.root, (".",), (*tree.kept, "conf/server.toml"), tree.hidden)
    error = refusal(guarded.spare, place)
    assert error["code"] == "denied"
    assert "kept" in str(error["message"])


def test_only_what_the_tool_may_write_is_written(tree: Tree) -> None:
    narrow = Tree(tree.root, ("build", "out"))
    narrow.spare("build/x")
    assert refusal(narrow.spare, "build-evil/x")["allowed"] == ["build", "out"]
    assert refusal(Tree(tree.root).spare, "x")["code"] == "denied"


def test_a_tree_outlives_the_name_of_its_workspace(tree: Tree, workspace: Path) -> None:
    """What comes to stand in its place, be it a link out, is not what was opened."""
    workspace.rename(workspace.parent / "moved")
    workspace.symlink_to(workspace.parent)
    assert content(tree.open("file").descriptor) == "file"
    assert refusal(tree.open, "secret")["code"] == "not_found"
    looked, _ = tree.look("sub/inner")
    assert tree.place(looked) == "sub/inner"
    os.close(looked)


def test_what_may_not_be_read_is_denied(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str, *_: object) -> int:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "open", closed)
    assert refusal(module.reopened, tree.root)["code"] == "denied"


# Reads in a workspace at argv[1], in a mount namespace without /proc.
WITHOUT_PROC = """
import json, os, sys
sys.path.insert(0, sys.argv[2])
from handrail.systems.files.refused import Refused
from handrail.systems.files.tree import Tree
root = os.open(sys.argv[1], os.O_PATH)
os.system("mount -t tmpfs none /proc")
try:
    Tree(root).open("file")
except Refused as refused:
    print(json.dumps(refused.told))
"""


def test_without_proc_nothing_is_opened(workspace: Path) -> None:
    command = [
        "unshare",
        "--mount",
        "--map-root-user",
        "--user",
        sys.executable,
        "-c",
        WITHOUT_PROC,
    ]
    said = subprocess.run(
        [*command, str(workspace), str(ROOT / "src")], check=True, capture_output=True, text=True
    )
    assert '"code": "denied"' in said.stdout
    assert "/proc" in said.stdout
