"""What a user may reach is what the kernel says when it is asked as that user."""

from __future__ import annotations

import itertools
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.plan.reach import blocked_at, permits
from handrail.plan.user import User

STRANGER = User("3210001", 3_210_001, 3_210_002)
OWN, GROUP, OTHER = (STRANGER.uid, 9), (9, STRANGER.gid), (9, 9)
WANTS = (os.R_OK, os.W_OK, os.X_OK, os.R_OK | os.W_OK)
ASK = """
import json, os, sys
os.setgroups([])
os.setresgid(*[int(sys.argv[2])] * 3)
os.setresuid(*[int(sys.argv[1])] * 3)
print(json.dumps([os.access(path, want) for path, want in json.load(sys.stdin)]))
"""

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@only_root
def test_the_kernel_agrees(tmp_path: Path) -> None:
    questions = []
    for mode, (uid, gid) in itertools.product(range(8), (OWN, GROUP, OTHER)):
        for shift in (0, 3, 6):
            folder = tmp_path / f"{mode}-{uid}-{gid}-{shift}"
            folder.mkdir()
            (folder / "file").touch()
            (folder / "file").chmod(0o777)
            os.chown(folder, uid, gid)
            folder.chmod(mode << shift)
            file = folder.with_suffix(".file")
            file.touch()
            os.chown(file, uid, gid)
            file.chmod(mode << shift)
            questions += [(str(file), want) for want in WANTS]
            questions += [(str(folder / "file"), os.R_OK), (str(folder), os.X_OK)]
    ours = [blocked_at(Path(path), STRANGER, want) is None for path, want in questions]
    assert ours == asked_as(STRANGER, questions)
    assert {True, False} == set(ours)


@only_root
def test_root_without_capabilities_is_an_owner_like_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o300)
    root = User("root", 0, 0)
    assert permits(tmp_path, root, os.W_OK)
    assert not permits(tmp_path, root, os.R_OK)


def test_the_closed_folder_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "in" / "deep").mkdir(parents=True)
    closed.chmod(0o700)
    assert blocked_at(closed / "in" / "deep", STRANGER) == closed
    assert blocked_at(closed, STRANGER) is None
    assert blocked_at(closed, STRANGER, os.R_OK) == closed


def test_links_are_followed_to_where_they_lead(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "bin").mkdir(parents=True)
    (closed / "bin" / "python").touch(mode=0o755)
    closed.chmod(0o700)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "relative").symlink_to("../b")
    (tmp_path / "b").symlink_to(closed / "bin")
    assert blocked_at(tmp_path / "a" / "relative" / "python", STRANGER) == closed
    (tmp_path / "round").symlink_to("round")
    assert blocked_at(tmp_path / "round", STRANGER, os.R_OK) is None


def test_what_is_not_there_blocks_nobody(tmp_path: Path) -> None:
    assert blocked_at(tmp_path / "none" / "of" / "it", STRANGER, os.R_OK) is None


def test_a_list_of_access_rights_is_left_to_the_kernel(tmp_path: Path) -> None:
    folder = tmp_path / "listed"
    folder.mkdir(mode=0o700)
    assert not permits(folder, STRANGER, os.R_OK)
    os.setxattr(folder, "system.posix_acl_access", acl(STRANGER.uid))
    assert permits(folder, STRANGER, os.R_OK)


def acl(uid: int) -> bytes:
    """`user::rwx,user:UID:rwx,group::---,mask::rwx,other::---` as the kernel stores it."""
    nobody_named = 0xFFFFFFFF
    entries = ((1, 7, nobody_named), (2, 7, uid), (4, 0, nobody_named), (0x10, 7, nobody_named))
    packed = [struct.pack("<HHI", *entry) for entry in (*entries, (0x20, 0, nobody_named))]
    return struct.pack("<I", 2) + b"".join(packed)


def asked_as(user: User, questions: list[tuple[str, int]]) -> list[bool]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ASK, str(user.uid), str(user.gid)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers
