"""Copies show nobody what is hidden, end somewhere, and leave nothing when they do not."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from handrail.systems.files.copy import copy
from handrail.systems.files.delete import delete, restore
from handrail.systems.files.move import move
from handrail.systems.files.names import DRAFT
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree

Work = Callable[[Setting, Mapping[str, Any]], dict[str, Any]]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root, (".",), (), ("secret",)), time.monotonic() + 60)
    os.close(root)


def refusal(work: Work, setting: Setting, **given: str) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        work(setting, given)
    return refused.value.told


def test_a_secret_is_not_copied_by_another_name(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "folder/deep").mkdir(parents=True)
    os.link(tmp_path / "secret", tmp_path / "alias")
    os.link(tmp_path / "secret", tmp_path / "folder/deep/alias")
    (tmp_path / "link").symlink_to("alias")
    for path in ("secret", "alias", "folder", "link"):
        assert refusal(copy, setting, path=f"./{path}", to="./new")["code"] == "denied"
    holding = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {path.stat().st_ino for path in holding} == {(tmp_path / "secret").stat().st_ino}


def test_of_a_link_what_it_leads_to_is_copied(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "real").write_text("text")
    (tmp_path / "link").symlink_to("real")
    copy(setting, {"path": "./link", "to": "./far/away"})
    assert not (tmp_path / "far/away").is_symlink()
    assert (tmp_path / "far/away").read_text() == "text"


def test_a_folder_too_deep_to_look_through_is_left_alone(setting: Setting, tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    folder = os.open(top, os.O_RDONLY)
    for _ in range(1_100):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    for work, given in ((copy, {"to": "./n"}), (move, {"to": "./n"}), (delete, {})):
        told = refusal(work, setting, path="./top", **given)
        assert (told["code"], "levels" in told["message"]) == ("argument_invalid", True)
    assert top.exists()
    subprocess.run(["rm", "-r", "top"], cwd=tmp_path, check=True)  # what pytest could not


def test_what_a_killed_writer_left_in_a_folder_is_in_nobodys_way(
    setting: Setting, tmp_path: Path
) -> None:
    (tmp_path / "a" / DRAFT).mkdir(parents=True)
    (tmp_path / "a/file").write_text("text")
    (tmp_path / DRAFT).mkdir()
    copy(setting, {"path": "./a", "to": "./b"})
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["file"]
    assert not (tmp_path / DRAFT).exists()
    move(setting, {"path": "./a", "to": "./c"})
    assert delete(setting, {"path": "./c"})["kind"] == "folder"


def test_nothing_is_made_for_what_is_not_there(setting: Setting, tmp_path: Path) -> None:
    for work in (move, copy):
        assert refusal(work, setting, path="./none", to="./a/b/c")["code"] == "not_found"
    assert list(tmp_path.iterdir()) == []


def test_the_trash_lists_the_last_first(setting: Setting, tmp_path: Path) -> None:
    names = [f"file{number}" for number in range(20)]
    for name in names:
        (tmp_path / name).touch()
        delete(setting, {"path": f"./{name}"})
    listed: Any = restore(setting, {})["entries"]
    assert [entry["path"] for entry in listed] == names[::-1]
