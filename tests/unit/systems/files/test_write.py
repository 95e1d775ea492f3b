"""Files are written whole, over what was read, and never where they must not be."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.systems.files.names import DRAFT
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree
from handrail.systems.files.write import write


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root, (".",), ("handrail.toml",), ("secrets.env",)), time.monotonic() + 60)
    os.close(root)


def writing(setting: Setting, path: str, content: str, **given: Any) -> dict[str, object]:
    return write(setting, {"path": f"./{path}", "content": content, "executable": False, **given})


def refusal(setting: Setting, path: str, **given: Any) -> dict[str, object]:
    with pytest.raises(Refused) as refused:
        writing(setting, path, "new", **given)
    return refused.value.told


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_new_file_and_the_folders_on_its_way_are_made(setting: Setting, tmp_path: Path) -> None:
    assert writing(setting, "a/b/é.txt", "text\n") == {
        "path": "a/b/é.txt",
        "created": True,
        "size": 5,
        "hash": hash_of("text\n"),
    }
    assert (tmp_path / "a/b/é.txt").read_text() == "text\n"
    assert (tmp_path / "a/b/é.txt").stat().st_mode & 0o777 == 0o644
    writing(setting, "tool", "#!/bin/sh\n", executable=True)
    assert (tmp_path / "tool").stat().st_mode & 0o777 == 0o755


def test_what_was_read_is_replaced_and_keeps_its_mode_and_owner(
    setting: Setting, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o4750)
    os.chown(file, 3_210_001, 3_210_002)
    done = writing(setting, "file", "new", expected_hash=hash_of("old"))
    assert (done["created"], file.read_text()) == (False, "new")
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (3_210_001, 3_210_002, 0o750)


@pytest.mark.parametrize(
    ("before", "given", "field", "words"),
    [
        ("old", {}, "path", "something is there already"),
        ("old", {"expected_hash": hash_of("read")}, "expected_hash", "changed since it was read"),
        (None, {"expected_hash": hash_of("read")}, "expected_hash", "no such file any more"),
    ],
)
def test_nothing_is_written_over_what_was_not_read(
    setting: Setting,
    tmp_path: Path,
    before: str | None,
    given: dict[str, str],
    field: str,
    words: str,
) -> None:
    if before is not None:
        (tmp_path / "file").write_text(before)
    told = refusal(setting, "file", **given)
    assert (told["code"], told["field"]) == ("argument_invalid", field)
    assert words in str(told["message"])
    assert hash_of("old") not in str(told)
    assert [path.read_text() for path in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        "sub/.git/hooks/pre-commit",
        ".GIT/config",
        ".g\u200cit/config",
        "git~1/config",
        ".handrail/keys.json",
        "handrail.toml",
        "to-git/config",
        "secrets.env",
        "alias",
    ],
)
def test_what_is_kept_is_never_written(setting: Setting, tmp_path: Path, path: str) -> None:
    for folder in (".git", "sub/.git/hooks", ".handrail"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "to-git").symlink_to(".git")
    (tmp_path / "secrets.env").write_text("secret")
    os.link(tmp_path / "secrets.env", tmp_path / "alias")
    before = sorted(map(str, tmp_path.rglob("*")))
    assert refusal(setting, path, expected_hash=hash_of("secret"))["code"] == "denied"
    assert sorted(map(str, tmp_path.rglob("*"))) == before
    assert (tmp_path / "secrets.env").read_text() == "secret"


def test_a_link_is_written_through_inside_and_never_out(
    setting: Setting, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (tmp_path / "real").mkdir()
    (tmp_path / "real/file").write_text("old")
    (tmp_path / "link").symlink_to("real/file")
    (tmp_path / "out").symlink_to(outside / "new")
    (tmp_path / "folder").symlink_to(outside)
    done = writing(setting, "link", "new", expected_hash=hash_of("old"))
    assert done["path"] == "real/file"
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "link").read_text()) == (True, "new")
    assert refusal(setting, "out")["code"] == "path_outside_workspace"
    assert refusal(setting, "folder/new")["code"] == "path_outside_workspace"
    assert list(outside.iterdir()) == []


def test_another_name_of_the_file_keeps_the_old_content(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    os.link(tmp_path / "file", tmp_path / "other")
    writing(setting, "file", "new", expected_hash=hash_of("old"))
    assert [(tmp_path / name).read_text() for name in ("file", "other")] == ["new", "old"]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("folder", "argument_invalid", "is a folder"),
        ("fifo", "argument_invalid", "is a FIFO"),
        ("file/below", "argument_invalid", "goes through something that is no folder"),
        ("x" * 256, "argument_invalid", "too long"),
        ("..", "argument_invalid", "must end with a name"),
        ("../out", "path_outside_workspace", "outside"),
    ],
)
def test_what_is_no_place_for_a_file(
    setting: Setting, tmp_path: Path, path: str, code: str, words: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    os.mkfifo(tmp_path / "fifo")
    told = refusal(setting, path, expected_hash=hash_of("old"))
    assert (told["code"], words in str(told["message"])) == (code, True), told


def test_a_tool_writes_its_own_trees_only(setting: Setting, tmp_path: Path) -> None:
    for name in ("docs", "docs2"):
        (tmp_path / name).mkdir()
    tree = Tree(setting.tree.root, writable=("docs",))
    narrow = Setting(tree, setting.deadline)
    writing(narrow, "docs/new/file", "text")
    for path in ("file", "docs2/file", "docs/../file"):
        told = refusal(narrow, path)
        assert (told["code"], told["allowed"]) == ("denied", ["docs"])


def test_a_file_that_may_not_become_so_large_leaves_the_old_one(
    setting: Setting, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(Refused) as refused:
            writing(setting, "file", "x" * 20_000, expected_hash=hash_of("old"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.told["code"] == "storage_full"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


_ON_A_FULL_DISK = """
import os, sys, time
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree
from handrail.systems.files.write import write
os.chdir(sys.argv[1])
setting = Setting(Tree.here((".",)), time.monotonic() + 60)
given = {"path": "./file", "content": "old", "executable": False}
known = write(setting, given)["hash"]
try:
    write(setting, {**given, "content": "x" * 200_000, "expected_hash": known})
except Refused as refused:
    print(refused.told["code"], os.listdir("."), open("file").read())
"""


def on_a_disk(folder: Path, options: str, script: str) -> str:
    """What a script prints that has a disk of its own for the workspace."""
    folder.mkdir()
    shell = f'mount -t tmpfs -o {options} none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "sh", "-c", shell, "sh", str(folder), sys.executable, script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    said = on_a_disk(tmp_path / "disk", "size=64k", _ON_A_FULL_DISK)
    assert said == "storage_full ['file'] old\n"


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    script = _ON_A_FULL_DISK.replace('write(setting, given)["hash"]', "None")
    script = script.replace('open("file").read()', '""')
    assert on_a_disk(tmp_path / "disk", "ro", script) == "denied [] \n"


def test_writers_wait_for_each_other_as_long_as_there_is_time(
    setting: Setting, tmp_path: Path
) -> None:
    import fcntl

    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    late = Setting(setting.tree, time.monotonic() + 0.05)
    assert refusal(late, "file")["code"] == "busy"
    threading.Timer(0.1, os.close, [folder]).start()
    assert writing(setting, "file", "text")["created"]


@pytest.mark.parametrize("kills", [100, pytest.param(500, marks=pytest.mark.nightly)])
def test_killed_at_any_point_the_old_or_the_new_file_is_there(
    setting: Setting, tmp_path: Path, kills: int
) -> None:
    file, chance = tmp_path / "file", random.Random(5)  # noqa: S311  # no secret
    contents = [letter * 300_000 for letter in "ab"]
    file.write_text(contents[0])
    known = {hash_of(content): content for content in contents}
    seen = set()
    for _ in range(kills):
        child = os.fork()
        if not child:
            try:
                _write_for_ever(setting, file, contents)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, 0.01))  # the point at which it is killed
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(known[hash_of(file.read_text())])
        assert {path.name for path in tmp_path.iterdir()} <= {"file", DRAFT}
    assert len(seen) == 2, "it was never killed in the middle"
    writing(setting, "other", "text")
    assert {path.name for path in tmp_path.iterdir()} == {"file", "other"}


def _write_for_ever(setting: Setting, file: Path, contents: list[str]) -> None:
    while True:
        now = file.read_text()
        new = contents[1] if now == contents[0] else contents[0]
        writing(setting, "file", new, expected_hash=hash_of(now))
