"""What is remembered of folders is forgotten with the first change, whoever makes it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.plan.git import seen
from handrail.plan.git.folders import below
from handrail.plan.git.seen import look


@pytest.fixture(autouse=True)
def remembering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything is remembered at once, also of folders that have just changed."""
    monkeypatch.setattr(seen, "_SETTLED_NS", -(10**18))
    monkeypatch.setattr(seen, "_remembered", {})
    yield


def changed(folder: Path, name: str) -> None:
    """Make a name in a folder, in another step of the clock than its last change."""
    before = folder.stat().st_ctime_ns
    while folder.stat().st_ctime_ns == before:
        (folder / name).mkdir(exist_ok=True)
        if folder.stat().st_ctime_ns == before:
            (folder / name).rmdir()


def test_a_folder_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert look(str(tmp_path)) is look(str(tmp_path))


@pytest.mark.parametrize("deep", ["", "a", "a/b"])
def test_a_repository_that_comes_later_is_found(tmp_path: Path, deep: str) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    assert list(below(tmp_path, tmp_path)) == []
    changed(tmp_path / deep, "sub")
    assert list(below(tmp_path, tmp_path)) == []
    changed(tmp_path / deep / "sub", ".git")
    assert list(below(tmp_path, tmp_path)) == [tmp_path / deep / "sub/.git"]


def test_a_folder_that_takes_the_place_of_another_is_read(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "new/.git").mkdir()
    first = look(str(tmp_path / "old"))
    (tmp_path / "old").rename(tmp_path / "away")
    (tmp_path / "new").rename(tmp_path / "old")
    second = look(str(tmp_path / "old"))
    assert first is not None
    assert second is not None
    assert (first.has_git, second.has_git) == (False, True)


def test_times_that_are_set_back_hide_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    found = (tmp_path / "a").stat()
    assert list(below(tmp_path, tmp_path)) == []
    changed(tmp_path / "a", ".git")
    os.utime(tmp_path / "a", ns=(found.st_atime_ns, found.st_mtime_ns))
    assert list(below(tmp_path, tmp_path)) == [tmp_path / "a/.git"]


def test_of_what_has_just_changed_nothing_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen, "_SETTLED_NS", 2_000_000_000)
    assert look(str(tmp_path)) is not look(str(tmp_path))


def test_what_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert look(str(tmp_path / "file")) is None
    assert look(str(tmp_path / "none")) is None
