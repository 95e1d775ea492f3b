"""What replaces a file is like it; what writes leave on their way goes again."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.systems.files.names import DRAFT
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree
from handrail.systems.files.write import write
from tests.running import STRANGER

_NOBODY = 0xFFFFFFFF
# Version 2 of posix_acl_xattr_header, then tag, rights and id of each entry: the owner, a user,
# the group, the mask, others.
_ENTRIES = ((1, 6, _NOBODY), (2, 6, STRANGER), (4, 4, _NOBODY), (16, 6, _NOBODY), (32, 4, _NOBODY))
_SHARED = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in _ENTRIES)


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root, (".",)), time.monotonic() + 60)
    os.close(root)


def writing(setting: Setting, path: str, **given: Any) -> dict[str, Any]:
    return write(setting, {"path": f"./{path}", "content": "new", "executable": False, **given})


def refusal(setting: Setting, path: str, **given: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        writing(setting, path, **given)
    return refused.value.told


def old_file(file: Path) -> str:
    """A file to be replaced; its hash."""
    file.write_text("old")
    return hashlib.sha256(b"old").hexdigest()


def as_another_user(work: Callable[[], bool]) -> bool:
    """Whether `work` says so in a process of a user that is not root."""
    child = os.fork()
    if not child:
        code = 2
        try:
            os.setgroups([])
            os.setgid(STRANGER)
            os.setuid(STRANGER)
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_access_lists_and_attributes_stay(setting: Setting, tmp_path: Path) -> None:
    file = tmp_path / "file"
    known = old_file(file)
    os.setxattr(file, "system.posix_acl_access", _SHARED)
    os.setxattr(file, "user.origin", b"here")
    before = {name: os.getxattr(file, name) for name in os.listxattr(file)}
    assert len(before) == 2
    mode = file.stat().st_mode
    writing(setting, "file", expected_hash=known)
    assert {name: os.getxattr(file, name) for name in os.listxattr(file)} == before
    assert (file.read_text(), file.stat().st_mode) == ("new", mode)


def test_what_is_read_only_stays_though_its_folder_may_be_written(
    setting: Setting, tmp_path: Path
) -> None:
    known = old_file(tmp_path / "file")
    (tmp_path / "file").chmod(0o444)
    os.chown(tmp_path, STRANGER, STRANGER)

    def is_refused() -> bool:
        told = refusal(setting, "file", expected_hash=known)
        return told["code"] == "denied" and "read-only" in told["message"]

    assert as_another_user(is_refused)
    assert (tmp_path / "file").read_text() == "old"


_IN_A_USER_NAMESPACE = """
import hashlib, os, sys, time
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree
from handrail.systems.files.write import write
os.chdir(sys.argv[1])
setting = Setting(Tree.here((".",)), time.monotonic() + 60)
known = hashlib.sha256(b"old").hexdigest()
write(setting, {"path": "./file", "content": "new", "executable": False, "expected_hash": known})
"""


def test_a_file_of_a_group_that_is_not_known_here_is_replaced_too(tmp_path: Path) -> None:
    old_file(tmp_path / "file")
    os.chown(tmp_path / "file", -1, STRANGER)
    unshared = ["unshare", "--user", "--map-root-user", sys.executable]
    subprocess.run([*unshared, "-c", _IN_A_USER_NAMESPACE, tmp_path], check=True)
    assert (tmp_path / "file").read_text() == "new"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_what_a_killed_writer_left_goes_with_the_next_one(
    setting: Setting, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "file").touch()
    draft = tmp_path / DRAFT
    if kind == "file":
        draft.write_text("half")
    elif kind == "link":
        draft.symlink_to(outside)
    else:
        (draft / "a/b").mkdir(parents=True)
        (draft / "a/out").symlink_to(outside)
    writing(setting, "file")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]
    assert (outside / "file").exists()


def test_nobody_can_write_or_read_a_draft(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / DRAFT).write_text("half")
    for path in (DRAFT, DRAFT.upper(), f"{DRAFT}/file"):
        assert refusal(setting, path)["code"] == "denied"
    with pytest.raises(Refused):
        os.close(setting.tree.open(f"./{DRAFT}").descriptor)
    assert (tmp_path / DRAFT).read_text() == "half"


def test_folders_that_were_made_for_nothing_go_again(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for path in (f"a/b/{'x' * 256}", f"there/c/d/{'x' * 256}", f"e/{'x' * 256}/f", "g/.git/h"):
        assert refusal(setting, path)["code"] in ("argument_invalid", "denied")
    assert refusal(setting, "i/j", expected_hash="0" * 64)["field"] == "expected_hash"
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def test_a_very_deep_path_is_made(setting: Setting, tmp_path: Path) -> None:
    assert writing(setting, "a/" * 1_100 + "file")["created"]
    subprocess.run(["rm", "-r", "a"], cwd=tmp_path, check=True)  # what pytest could not
