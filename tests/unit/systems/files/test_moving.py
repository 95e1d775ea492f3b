"""Files are moved, copied, deleted and restored whole, never over something, never what is kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from handrail.systems.files import trash
from handrail.systems.files.copy import copy
from handrail.systems.files.delete import delete, restore
from handrail.systems.files.move import move
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree

Work = Callable[[Setting, Mapping[str, Any]], dict[str, Any]]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root, (".",), ("handrail.toml",), ("secrets.env",)), time.monotonic() + 60)
    os.close(root)


def refusal(work: Work, setting: Setting, **given: str) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        work(setting, given)
    return refused.value.told


def all_in(folder: Path) -> dict[str, str | None]:
    """Every path below a folder, but the trash, and what files hold."""
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if ".handrail" not in path.parts
    }


def plant(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_files_folders_and_links_are_moved(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a/one", "two")
    (tmp_path / "link").symlink_to("two")
    assert move(setting, {"path": "./two", "to": "./new/three"}) == {
        "path": "two",
        "to": "new/three",
    }
    move(setting, {"path": "./a", "to": "./b"})
    move(setting, {"path": "./link", "to": "./b/link"})
    assert all_in(tmp_path) == {
        "b": None,
        "b/link": None,
        "b/one": "a/one",
        "new": None,
        "new/three": "two",
    }
    assert (tmp_path / "b/link").readlink() == Path("two")


def test_a_copy_is_whole_and_keeps_modes_and_links(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a/one", "a/deep/two")
    (tmp_path / "a/one").chmod(0o6755)
    (tmp_path / "a/deep/link").symlink_to("../one")
    done = copy(setting, {"path": "./a", "to": "./b"})
    assert done == {"path": "a", "to": "b", "files": 2, "size": len("a/one" + "a/deep/two")}
    copied = {path.replace("a", "b", 1): text for path, text in all_in(tmp_path / "a").items()}
    assert all_in(tmp_path / "b") == {path.replace("b", "a", 1): t for path, t in copied.items()}
    assert (tmp_path / "b/one").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "b/deep/link").readlink() == Path("../one")


@pytest.mark.parametrize("work", [move, copy])
@pytest.mark.parametrize(
    ("path", "to", "code", "words"),
    [
        ("a", "b", "argument_invalid", "something is there already"),
        ("a", "a/c", "argument_invalid", "is `path` itself, or in it"),
        ("a", "a", "argument_invalid", "is `path` itself, or in it"),
        ("none", "c", "not_found", "nothing there"),
        ("repository", "c", "denied", "holds a repository"),
        ("repository/.git", "c", "denied", "kept"),
        ("a", "c/.git", "denied", "kept"),
        ("a", ".handrail/a", "denied", "kept"),
        ("handrail.toml", "c", "denied", "kept"),
        ("secrets.env", "c", "denied", "kept"),
        ("alias", "c", "denied", "no tool may read"),
        ("deep", "c", "denied", "no tool may read"),
        ("a", "out/a", "path_outside_workspace", "outside"),
        ("out/secret", "c", "path_outside_workspace", "outside"),
        ("a", "../c", "path_outside_workspace", "outside"),
    ],
)
def test_what_is_not_done_changes_nothing(
    setting: Setting,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    work: Work,
    path: str,
    to: str,
    code: str,
    words: str,
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    plant(outside, "secret")
    plant(tmp_path, "a/one", "b", "repository/sub/.git/config", "handrail.toml", "secrets.env")
    plant(tmp_path, "repository/.git/config")
    (tmp_path / "out").symlink_to(outside)
    (tmp_path / "deep").mkdir()
    for name in ("alias", "deep/alias"):
        os.link(tmp_path / "secrets.env", tmp_path / name)
    before, beyond = all_in(tmp_path), all_in(outside)
    told = refusal(work, setting, path=f"./{path}", to=f"./{to}")
    assert (told["code"], words in told["message"]) == (code, True), told
    left = {path: text for path, text in all_in(tmp_path).items() if path != "c"}
    assert (left, all_in(outside)) == (before, beyond)


def test_what_cannot_be_copied_leaves_no_part_of_it(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a/one", "a/zz")
    os.mkfifo(tmp_path / "a/two")
    before = all_in(tmp_path)
    assert refusal(copy, setting, path="./a", to="./b")["code"] == "argument_invalid"
    (tmp_path / "a/two").unlink()
    (tmp_path / "a/two").symlink_to("../../secret")
    assert "leads out of it" in refusal(copy, setting, path="./a", to="./b")["message"]
    (tmp_path / "a/two").unlink()
    before = all_in(tmp_path)
    late = Setting(setting.tree, time.monotonic() + 0.001)
    while time.monotonic() < late.deadline:
        pass
    assert refusal(copy, late, path="./a", to="./b")["code"] == "busy"
    assert all_in(tmp_path) == before


def test_what_is_deleted_comes_back(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a/one", "a/two", "three")
    first = delete(setting, {"path": "./a"})
    assert (first["path"], first["kind"], first["size"]) == ("a", "folder", len("a/onea/two"))
    second = delete(setting, {"path": "./three"})
    assert all_in(tmp_path) == {}
    listed: Any = restore(setting, {})["entries"]
    assert sorted(entry["path"] for entry in listed) == ["a", "three"]
    assert restore(setting, {"id": first["id"]}) == {"path": "a", "kind": "folder"}
    assert restore(setting, {"id": second["id"], "to": "./new/four"})["path"] == "new/four"
    assert all_in(tmp_path) == {
        "a": None,
        "a/one": "a/one",
        "a/two": "a/two",
        "new": None,
        "new/four": "three",
    }
    assert restore(setting, {}) == {"entries": []}
    assert refusal(restore, setting, id=str(first["id"]))["code"] == "not_found"


def test_nothing_is_restored_over_something(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a")
    done = delete(setting, {"path": "./a"})
    plant(tmp_path, "a")
    told = refusal(restore, setting, id=str(done["id"]))
    assert (told["code"], "already" in told["message"]) == ("argument_invalid", True)
    assert restore(setting, {"id": done["id"], "to": "./b"})["path"] == "b"


def test_a_link_is_deleted_and_not_what_it_leads_to(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a")
    (tmp_path / "link").symlink_to("a")
    assert delete(setting, {"path": "./link"})["kind"] == "link"
    assert all_in(tmp_path) == {"a": "a"}


@pytest.mark.parametrize("path", ["sub", "sub/.git", "handrail.toml", ".handrail", "secrets.env"])
def test_what_is_kept_is_not_deleted(setting: Setting, tmp_path: Path, path: str) -> None:
    plant(tmp_path, "sub/deep/.git/config", "sub/.git/config", "handrail.toml", "secrets.env")
    (tmp_path / ".handrail").mkdir()
    before = all_in(tmp_path)
    assert refusal(delete, setting, path=f"./{path}")["code"] == "denied"
    assert all_in(tmp_path) == before


def test_only_what_was_read_is_deleted(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a", "b/c")
    told = refusal(delete, setting, path="./a", expected_hash="0" * 64)
    assert told["field"] == "expected_hash"
    assert (
        refusal(delete, setting, path="./b", expected_hash="0" * 64)["code"] == "argument_invalid"
    )
    assert refusal(delete, setting, path="./none")["code"] == "not_found"


def test_the_oldest_in_the_trash_go_for_good(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "MOST_ENTRIES", 3)
    for number in range(5):
        plant(tmp_path, f"file{number}")
        delete(setting, {"path": f"./file{number}"})
        (entry,) = [
            p
            for p in (tmp_path / ".handrail/trash").iterdir()
            if "x" not in p.name
            and (p / "about.json").exists()
            and json.loads((p / "about.json").read_text())["path"] == f"file{number}"
        ]
        entry.rename(entry.with_name(f"2026010{number}-x"))
    plant(tmp_path, "last")
    delete(setting, {"path": "./last"})
    listed: Any = restore(setting, {})["entries"]
    assert [entry["path"] for entry in listed] == ["last", "file4", "file3"]


def test_a_trash_that_is_a_link_is_none(
    setting: Setting, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    plant(tmp_path, "a")
    (tmp_path / ".handrail").symlink_to(outside)
    assert refusal(delete, setting, path="./a")["code"] == "denied"
    assert (all_in(outside), (tmp_path / "a").exists()) == ({}, True)


def test_an_entry_that_is_not_whole_is_no_entry(setting: Setting, tmp_path: Path) -> None:
    plant(tmp_path, "a")
    done = delete(setting, {"path": "./a"})
    (tmp_path / ".handrail/trash" / str(done["id"]) / "content").unlink()
    (tmp_path / ".handrail/trash/20260101-empty").mkdir()
    assert restore(setting, {}) == {"entries": []}
    assert refusal(restore, setting, id=str(done["id"]))["code"] == "not_found"
    assert refusal(restore, setting, id="20260101-empty")["code"] == "not_found"
