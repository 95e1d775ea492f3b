"""A command's temporary folders: private, empty at its start, gone at the end, no way out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handrail.process.zygote.folders import Folders


@pytest.fixture
def at(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def folders(at: Path) -> Folders:
    made = Folders((bytes(at),))
    assert made.make()
    return made


@pytest.fixture
def bystander(tmp_path: Path) -> Iterator[Path]:
    """A folder of somebody else's, that nothing may touch."""
    other = tmp_path / "bystander"
    other.mkdir(mode=0o750)
    (other / "file").write_text("precious")
    yield other
    assert (other / "file").read_text() == "precious"
    assert stat.S_IMODE(other.stat().st_mode) == 0o750


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_once_and_closed_to_others(folders: Folders, at: Path) -> None:
    assert mode(at) == 0o700
    assert not folders.make()
    assert folders.first == bytes(at)


def test_a_folder_that_was_there_before_is_neither_emptied_nor_removed(at: Path) -> None:
    at.mkdir()
    (at / "file").touch()
    found = Folders((bytes(at),))
    assert not found.make()
    found.clear()
    found.remove()
    assert (at / "file").exists()


def test_whatever_is_in_it_is_cleared(folders: Folders, at: Path, bystander: Path) -> None:
    (at / "file").touch()
    (at / "a" / "b").mkdir(parents=True)
    (at / "a" / "b" / "file").touch()
    (at / "link").symlink_to(bystander)
    (at / "a" / "link").symlink_to(bystander / "file")
    os.mkfifo(at / "fifo")
    (at / "a" / "b").chmod(0)
    (at / "a").chmod(0)
    at.chmod(0o777)
    folders.clear()
    assert list(at.iterdir()) == []
    assert mode(at) == 0o700


def test_a_hundred_thousand_bytes_of_path_are_cleared(folders: Folders, at: Path) -> None:
    """Deeper than any path can be, and than Python could recur."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(at)
        for _ in range(1500):
            Path("d" * 100).mkdir()
            os.chdir("d" * 100)
    finally:
        os.chdir(before)
        os.close(before)
    folders.clear()
    assert list(at.iterdir()) == []


def by_link(at: Path, bystander: Path) -> None:
    at.rmdir()
    at.symlink_to(bystander)


def by_file(at: Path, bystander: Path) -> None:
    at.rmdir()
    at.write_text("x")


@pytest.mark.parametrize("exchange", [by_link, by_file])
def test_what_took_its_place_goes_and_it_is_made_anew(
    folders: Folders, at: Path, bystander: Path, exchange: Callable[[Path, Path], None]
) -> None:
    exchange(at, bystander)
    folders.clear()
    assert not os.path.lexists(at)
    assert folders.make()
    assert mode(at) == 0o700


def test_a_folder_that_took_its_place_goes_with_all_that_is_in_it(
    folders: Folders, at: Path, tmp_path: Path
) -> None:
    planted = tmp_path / "planted"
    (planted / "deep" / "closed").mkdir(parents=True)
    (planted / "deep" / "closed").chmod(0)
    at.rmdir()
    planted.rename(at)
    folders.clear()
    assert not at.exists()


def test_one_that_is_missing_is_nothing_to_clear(folders: Folders, at: Path) -> None:
    at.rmdir()
    folders.clear()
    assert folders.make()


def test_at_the_end_nothing_of_it_is_left(folders: Folders, at: Path) -> None:
    (at / "a").mkdir()
    folders.remove()
    assert not at.exists()
    folders.remove()


def test_at_the_end_a_link_in_its_place_leads_nowhere(
    folders: Folders, at: Path, bystander: Path
) -> None:
    by_link(at, bystander)
    folders.remove()
    assert not os.path.lexists(at)


def test_several_folders_are_each_made_and_cleared(tmp_path: Path) -> None:
    paths = [tmp_path / "one", tmp_path / "two"]
    made = Folders(tuple(map(bytes, paths)))
    assert made.make()
    for path in paths:
        (path / "file").touch()
    made.clear()
    assert [list(path.iterdir()) for path in paths] == [[], []]
    made.remove()
    assert not any(path.exists() for path in paths)
