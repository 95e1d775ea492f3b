"""What is told of whatever there may be at a path, and that special files are never opened."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from stat import S_IFCHR
from typing import Any

import pytest

from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.stat import stat
from handrail.systems.files.tree import Tree


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "ws").mkdir()
    (tmp_path / "secret").write_text("secret")
    return tmp_path / "ws"


@pytest.fixture
def setting(workspace: Path) -> Iterator[Setting]:
    root = os.open(workspace, os.O_PATH)
    yield Setting(Tree(root, hidden=("hidden",)), time.monotonic() + 60)
    os.close(root)


def about(setting: Setting, path: str, *, hashed: bool = False) -> dict[str, Any]:
    return stat(setting, {"path": f"./{path}", "hash": hashed})


def refusal(setting: Setting, path: str, *, hashed: bool = False) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        about(setting, path, hashed=hashed)
    return refused.value.told


def test_a_text_file(setting: Setting, workspace: Path) -> None:
    file = workspace / "file"
    file.write_text("one\ntwo")
    file.chmod(0o640)
    os.utime(file, (0, 1_700_000_000.5))
    assert about(setting, "file", hashed=True) == {
        "path": "file",
        "kind": "file",
        "size": 7,
        "mode": "0640",
        "modified": "2023-11-14T22:13:20.500+00:00",
        "mime_type": "text/plain",
        "encoding": "utf-8",
        "lines_total": 2,
        "hash": hashlib.sha256(b"one\ntwo").hexdigest(),
    }


def test_a_binary_file(setting: Setting, workspace: Path) -> None:
    (workspace / "file").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    answer = about(setting, "file")
    assert answer["mime_type"] == "image/png"
    assert not {"hash", "encoding", "lines_total"} & answer.keys()


def test_the_lines_of_a_large_text_are_not_counted(setting: Setting, workspace: Path) -> None:
    (workspace / "file").write_bytes(b"x\n" * 600_000)
    answer = about(setting, "file", hashed=True)
    assert "lines_total" not in answer
    assert answer["hash"] == hashlib.sha256(b"x\n" * 600_000).hexdigest()


def test_a_folder_says_how_many_entries_can_be_listed(setting: Setting, workspace: Path) -> None:
    for name in (".git", ".handrail", "a", "b", ".c"):
        (workspace / name).mkdir()
    answer = about(setting, "")
    assert (answer["path"], answer["kind"], answer["entries"]) == (".", "folder", 3)
    assert "size" not in answer


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("file", {"leads": "inside", "target": "file", "target_kind": "file"}),
        ("sub/../sub", {"leads": "inside", "target": "sub", "target_kind": "folder"}),
        ("nothing", {"leads": "nowhere"}),
        ("link", {"leads": "outside"}),
        ("../secret", {"leads": "outside"}),
        ("/etc/passwd", {"leads": "outside"}),
        ("hidden", {"leads": "denied"}),
        (".handrail/keys.json", {"leads": "denied"}),
    ],
)
def test_a_link_is_told_itself_and_where_it_leads(
    setting: Setting, workspace: Path, target: str, told: dict[str, str]
) -> None:
    for name in ("file", "hidden"):
        (workspace / name).write_text("x")
    for name in ("sub", ".handrail"):
        (workspace / name).mkdir()
    (workspace / ".handrail" / "keys.json").write_text("{}")
    (workspace / "link").symlink_to(target)
    answer = about(setting, "link")
    assert (answer["path"], answer["kind"]) == ("link", "link")
    assert {
        name: answer[name] for name in answer if name in ("leads", "target", "target_kind")
    } == (told)
    assert refusal(setting, "link", hashed=True)["field"] == "hash"


def test_special_files_are_looked_at_and_never_opened(setting: Setting, workspace: Path) -> None:
    """A FIFO that is opened without a writer blocks; this returns."""
    os.mkfifo(workspace / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(workspace / "socket"))
    expected = {"fifo": "fifo", "socket": "socket"}
    if os.geteuid() == 0:
        os.mknod(workspace / "device", 0o600 | S_IFCHR, os.makedev(1, 3))
        expected["device"] = "device"
    assert {name: about(setting, name)["kind"] for name in expected} == expected
    assert refusal(setting, "fifo", hashed=True)["code"] == "argument_invalid"


@pytest.mark.parametrize(
    ("path", "code"),
    [("none", "not_found"), ("hidden", "denied"), ("../secret", "path_outside_workspace")],
)
def test_what_cannot_be_told_says_why(
    setting: Setting, workspace: Path, path: str, code: str
) -> None:
    (workspace / "hidden").write_text("x")
    assert refusal(setting, path)["code"] == code


@pytest.mark.parametrize("seconds", [-(2**40), 2**40])
def test_any_time_is_told(setting: Setting, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fstat = os.fstat

    def timed(descriptor: int) -> os.stat_result:
        found = list(fstat(descriptor))
        return os.stat_result([*found[:7], seconds, seconds, seconds])

    monkeypatch.setattr(os, "fstat", timed)
    assert about(setting, "")["modified"][:4] in ("0001", "9999")


def test_a_hash_that_takes_too_long_is_refused(setting: Setting, workspace: Path) -> None:
    (workspace / "file").write_text("x")
    late = Setting(setting.tree, time.monotonic())
    assert refusal(late, "file", hashed=True)["field"] == "hash"
    assert about(late, "file")["size"] == 1
