"""What the makers of large things say of them is true."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.large import files
from tests.large.content import NEEDLE
from tests.large.layout import File
from tests.large.repository import IGNORED, UNTRACKED, LargeRepository, make_large_repository
from tests.served.site import commands_user


@pytest.mark.parametrize(
    ("tracked", "commits"),
    [(1, 1), (30, 100), (1500, 600), pytest.param(50_000, 10_000, marks=pytest.mark.nightly)],
)
def test_a_repository_has_what_was_asked_for(tmp_path: Path, tracked: int, commits: int) -> None:
    made = make_large_repository(tmp_path / "large", tracked, commits)
    assert made == LargeRepository(tmp_path / "large", tracked, commits, made.needles)
    assert len(names(made, "ls-files", "-z")) == tracked
    assert git(made, "rev-list", "--count", "HEAD") == f"{commits}\n"
    assert len(names(made, "ls-files", "-z", "--others", "--ignored", *STANDARD)) == len(IGNORED)
    assert sorted(names(made, "ls-files", "-z", "--others", *STANDARD)) == sorted(UNTRACKED)
    assert git(made, "diff-files", "--name-only") == ""
    assert git(made, "fsck", "--no-dangling") == ""


def test_a_repository_is_like_one_that_people_made(tmp_path: Path) -> None:
    made = make_large_repository(tmp_path / "large", 1500, 600)
    found = names(made, "grep", "-z", "--name-only", f"^# {NEEDLE}$")
    assert len(found) == made.needles == 6
    assert any(not name.isascii() for name in names(made, "ls-files", "-z"))
    assert b"\0" in made.file(3).read_bytes()
    assert made.file(4).stat().st_mode & 0o111
    assert len({File(number).path for number in range(1499)}) == 1499
    assert git(made, "rev-list", "--count", "--merges", "HEAD") == "6\n"
    assert git(made, "tag").split() == ["v0.1"]


def test_the_same_repository_is_made_each_time(tmp_path: Path) -> None:
    one, other = (make_large_repository(tmp_path / name, 100, 40) for name in "ab")
    assert git(one, "rev-parse", "HEAD") == git(other, "rev-parse", "HEAD")


def test_whoever_commands_run_as_has_the_repository(tmp_path: Path) -> None:
    made, user = make_large_repository(tmp_path / "large", 50, 10), commands_user()
    owners = {path.lstat().st_uid for path in (made.folder, *made.folder.rglob("*"))}
    assert owners == {user.uid if user else tmp_path.stat().st_uid}


def test_each_line_of_a_large_file_says_which_it_is(tmp_path: Path) -> None:
    count = files.write_lines(tmp_path / "lines", 1_000_000)
    lines = (tmp_path / "lines").read_bytes().splitlines(keepends=True)
    assert len(lines) == count
    assert lines == [files.line(number) for number in range(count)]
    assert {len(line) for line in lines} == {files.LINE_BYTES}


def test_a_sparse_file_takes_no_space(tmp_path: Path) -> None:
    files.write_sparse(tmp_path / "sparse", 2_000_000_000)
    found = (tmp_path / "sparse").stat()
    assert found.st_size == 2_000_000_000
    assert found.st_blocks * 512 < 100_000
    with (tmp_path / "sparse").open("rb") as file:
        assert file.read(81) == files.line(0) + b"\0"
        file.seek(-81, 2)
        assert file.read() == b"\0" + files.line(1)


STANDARD = ("--exclude-standard",)


def names(repository: LargeRepository, *arguments: str) -> list[str]:
    """What git lists with NULs in between."""
    return git(repository, *arguments).split("\0")[:-1]


def git(repository: LargeRepository, *arguments: str) -> str:
    """What git says, whoever owns the repository."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, cwd=repository.folder, capture_output=True, check=True)
    return done.stdout.decode()
