"""What lists show of a tree: everything once, in an order that stays, and nothing else."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from handrail.systems.files.refused import Refused
from handrail.systems.files.walk import MOST_LEVELS, Walk
from tests.unit.systems.files.searching import finding, followed, listing, paths, plant, workspace


def test_names_are_sorted_by_bytes_within_each_folder(tmp_path: Path) -> None:
    names = ["B", "a!", "a/b", "a/Z", "a-b", "\u00e9", "z", ".d"]
    plant(tmp_path, dict.fromkeys(names, ""))
    with workspace(tmp_path) as setting:
        assert paths(listing(setting)) == [
            *(".d", "B", "a", "a/Z", "a/b", "a!", "a-b", "z", "\u00e9")
        ]


def test_entries_say_what_they_are(tmp_path: Path) -> None:
    plant(tmp_path, {"file": "12345", "folder/": "", "folder/a": "", "folder/b": ""})
    (tmp_path / "link").symlink_to("/etc")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as made, workspace(tmp_path) as setting:
        made.bind("socket")
        told = listing(setting, depth=1)
    assert told == {
        "path": ".",
        "entries": [
            {"path": "fifo", "kind": "fifo"},
            {"path": "file", "kind": "file", "size": 5},
            {"path": "folder", "kind": "folder", "entries": 2},
            {"path": "link", "kind": "link"},
            {"path": "socket", "kind": "socket"},
        ],
    }


def test_links_are_shown_and_never_followed(tmp_path: Path) -> None:
    plant(tmp_path, {"in/a": "", "out/secret": ""})
    (tmp_path / "in" / "up").symlink_to("..")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "out")
    with workspace(tmp_path / "in") as setting:
        assert paths(listing(setting)) == ["a", "out", "up"]
        assert paths(finding(setting, "secret")) == []


def test_repositories_and_our_state_are_not_shown(tmp_path: Path) -> None:
    plant(tmp_path, {".git/a": "", ".handrail/a": "", ".Handrail/a": "", "d/.git": "", "d/b": ""})
    with workspace(tmp_path) as setting:
        assert paths(listing(setting, ignored=True)) == ["d", "d/b"]
        assert paths(finding(setting, "a", ignored=True)) == []


def test_odd_names_are_escaped(tmp_path: Path) -> None:
    for name in (b"a\nb", b"\xff", b"\x1b[1m", b"back\\slash"):
        Path(tmp_path, os.fsdecode(name)).touch()
    with workspace(tmp_path) as setting:
        told = {one["path"]: one.get("odd", False) for one in listing(setting)["entries"]}
    assert told == {r"\x1b[1m": True, r"a\nb": True, "back\\slash": False, r"\xff": True}


def test_pages_follow_one_another(tmp_path: Path) -> None:
    plant(tmp_path, {f"{a}/{b}": "" for a in range(9) for b in range(9)})
    with workspace(tmp_path) as setting:
        for look in (listing, lambda setting, **more: finding(setting, "**", **more)):
            whole = paths(look(setting))
            assert paths(followed(look, setting, limit=7)) == whole
            assert len(whole) == 90


@pytest.mark.parametrize("kind", ["any", "file", "folder"])
def test_a_kind_is_found_alone(tmp_path: Path, kind: str) -> None:
    plant(tmp_path, {"x/x": "", "y": ""})
    (tmp_path / "z").symlink_to("y")
    found = {"any": ["x", "x/x", "z"], "file": ["x/x"], "folder": ["x"]}
    with workspace(tmp_path) as setting:
        assert paths(finding(setting, "[xz]", kind=kind)) == found[kind]


def test_patterns_begin_where_the_search_does(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b/c": "", "b/c": ""})
    with workspace(tmp_path) as setting:
        assert paths(finding(setting, "b/c", path="./a")) == ["a/b/c"]
        assert paths(finding(setting, "b/c")) == ["b/c"]


def test_100_000_entries_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(100_000):
        os.close(os.open(folder / f"{number:06}", os.O_CREAT | os.O_WRONLY))
    with workspace(tmp_path) as setting:
        assert listing(setting, depth=1)["entries"][0]["entries"] == 100_000
        page = listing(setting, limit=2, offset=99_999)
        assert paths(page) == ["many/099998", "many/099999"]
        assert "next" not in page


def test_a_tree_deeper_than_a_path_may_be_long(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_PATH)
    for _ in range(MOST_LEVELS + 5):
        os.mkdir("d" * 30, dir_fd=here)
        below = os.open("d" * 30, os.O_PATH, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    with workspace(tmp_path) as setting:
        found = followed(finding, setting, pattern="d*")["entries"]
    assert len(found) == MOST_LEVELS
    assert "too deep" in found[-1]["note"]


def test_no_descriptor_is_left(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b/c": "", "a/b/d": ""})
    with workspace(tmp_path) as setting:
        before = os.listdir("/proc/self/fd")  # noqa: PTH208  # names
        listing(setting, limit=2)
        with pytest.raises(Refused):
            listing(setting, path="./a/b/c")
        assert os.listdir("/proc/self/fd") == before  # noqa: PTH208  # names


def test_a_folder_that_goes_while_we_look(tmp_path: Path) -> None:
    plant(tmp_path, {"a/b/c": "", "d/e": "", "f": ""})
    with workspace(tmp_path) as setting:
        walk = iter(Walk(setting, "./"))
        assert next(walk).path == "a"
        (tmp_path / "a/b/c").unlink()
        (tmp_path / "a/b").rmdir()
        (tmp_path / "d/e").unlink()
        (tmp_path / "d").rmdir()
        rest = [(entry.path, entry.note) for entry in walk]
    assert rest == [
        ("a/b", "cannot be entered: No such file or directory"),
        ("d", "cannot be entered: No such file or directory"),
        ("f", None),
    ]


def test_folders_that_become_links_lead_nowhere_else(tmp_path: Path) -> None:
    plant(tmp_path, {"out/secret": "", **{f"in/{n}/a": "" for n in range(50)}})
    done = threading.Event()

    def flip() -> None:
        while not done.is_set():
            (tmp_path / "in/7").rename(tmp_path / "aside")
            (tmp_path / "in/7").symlink_to("../out")
            (tmp_path / "in/7").unlink()
            (tmp_path / "aside").rename(tmp_path / "in/7")

    flipping = threading.Thread(target=flip)
    flipping.start()
    try:
        with workspace(tmp_path / "in") as setting:
            found = [path for _ in range(200) for path in paths(listing(setting))]
    finally:
        done.set()
        flipping.join()
    assert not [path for path in found if "secret" in path]


def test_without_time_there_is_what_there_is(tmp_path: Path) -> None:
    plant(tmp_path, {"a": "", "b": ""})
    with workspace(tmp_path, seconds=-1) as setting:
        assert listing(setting) == {"path": ".", "entries": [], "incomplete": True}
        assert finding(setting, "**") == {"entries": [], "incomplete": True}
