"""What is edited of a file, what stays as it is, and what is refused with everything in place."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.systems.files.content import LARGEST_WHOLE
from handrail.systems.files.edit import edit
from handrail.systems.files.parent import locked, spot
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree

DEFAULTS = {"path": "./file", "all": False, "dry_run": False}


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root, writable=(".",)), time.monotonic() + 60)
    os.close(root)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo\nthree\n")
    return path


def editing(setting: Setting, **given: Any) -> dict[str, Any]:
    return edit(setting, {**DEFAULTS, **given})


def refusal(setting: Setting, file: Path, **given: Any) -> dict[str, Any]:
    """Why it is refused; the file is the same as before, and alone."""
    before = file.read_bytes()
    with pytest.raises(Refused) as refused:
        editing(setting, **given)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
    return refused.value.told


def replaced(setting: Setting, file: Path, before: bytes, old: str, new: str) -> bytes:
    file.write_bytes(before)
    editing(setting, old=old, new=new)
    return file.read_bytes()


def test_what_occurs_once_is_replaced(setting: Setting, file: Path) -> None:
    file.chmod(0o751)
    after = b"one\n2\nthree\n"
    assert editing(setting, old="two", new="2") == {
        "path": "file",
        "changed": True,
        "replacements": 1,
        "size": len(after),
        "hash": hashlib.sha256(after).hexdigest(),
        "diff": "--- a/file\n+++ b/file\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n",
    }
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o7777 == 0o751


def test_a_dry_run_shows_the_diff_and_changes_nothing(setting: Setting, file: Path) -> None:
    with spot(setting.tree, "./file") as at, locked(at, setting.deadline):
        told = editing(setting, old="two", new="2", dry_run=True)
    assert "-two\n+2\n" in told["diff"]
    assert (told["changed"], told["size"]) == (False, 14)
    assert file.read_bytes() == b"one\ntwo\nthree\n"
    done = editing(setting, old="two", new="2", expected_hash=told["hash"])
    assert done["diff"] == told["diff"]


def test_a_patch_changes_several_places(setting: Setting, file: Path) -> None:
    patch = "@@ -1,1 +1,1 @@\n-one\n+1\n@@ -3,1 +3,1 @@\n-three\n+3\n"
    assert editing(setting, patch=patch)["hunks"] == 2
    assert file.read_text() == "1\ntwo\n3\n"


def test_all_are_replaced_on_demand(setting: Setting, file: Path) -> None:
    file.write_text("a b a\nb a\n")
    assert editing(setting, old="a", new="c", all=True)["replacements"] == 3
    assert file.read_text() == "c b c\nb c\n"


@pytest.mark.parametrize(
    ("before", "old", "new", "after"),
    [
        (b"a\r\nb\r\nc\r\n", "a\nb\n", "x\ny\nz\n", b"x\r\ny\r\nz\r\nc\r\n"),
        (b"a\r\nb\r\nc\r\n", "b", "x\ny", b"a\r\nx\r\ny\r\nc\r\n"),
        (b"a\r\nb\nc\n", "b\nc", "x\ny", b"a\r\nx\ny\n"),
        (b"a\r\nb\nc\n", "a", "x\ny", b"x\r\ny\r\nb\nc\n"),
        (b"a\r\nb", "b", "x\ny", b"a\r\nx\r\ny"),
        (b"a\r\nb\r\n", "\nb", "\nx", b"a\r\nx\r\n"),
        (b"a\r\nb\r\n", "a\r\nb", "a\r\n\r\nb", b"a\r\n\r\nb\r\n"),
        (b"\xef\xbb\xbfa\nb\n", "a\n", "x\na\n", b"\xef\xbb\xbfx\na\nb\n"),
        ("é\u2028ü\x0c\n".encode(), "ü", "u", "é\u2028u\x0c\n".encode()),
        (b"a", "a", "", b""),
        (b"x.y xzy", "x.y", r"\1\g<0>", rb"\1\g<0> xzy"),
    ],
)
def test_line_ends_and_all_other_bytes_stay(
    setting: Setting, file: Path, before: bytes, old: str, new: str, after: bytes
) -> None:
    assert replaced(setting, file, before, old, new) == after


@pytest.mark.parametrize(
    ("before", "old", "said"),
    [
        (b"a\nb\na\n", "a", "2 times, at lines 1, 3,"),
        (b"a\n" * 9, "a", "9 times, at lines 1, 2, 3, 4, 5 and more,"),
        (b"aaa", "aa", "overlapping"),
        (b"a\r\nb\nc\n", "a\nb\n", "is not in the file"),
        (b"a\nb\n\na\r\nb\r\n", "a\nb", "2 times, at lines 1, 4,"),
        (b"x\n\tif a:\n\t\tb()\n", "  if a:\n    b()", "lines 2 to 3 differ only in white space"),
        (b"x\n\tif a:\n", "  if a:", r'line 2 is "\tif a:"'),
        (b"x\nif a:\n  b()\n  c()\n", "if a:\n  b(1)\n", 'line 3 is "  b()"'),
        (b"x\ndef somewhat(long):\n", "def somewhat(wrong):", "those in line 2 are nearest"),
        (b"x\n", "wholly other text", "is not in the file"),
        (b"x\n", "", "empty"),
    ],
)
def test_what_is_not_there_once_is_refused(
    setting: Setting, file: Path, before: bytes, old: str, said: str
) -> None:
    file.write_bytes(before)
    told = refusal(setting, file, old=old, new="new")
    assert (told["code"], told["field"]) == ("argument_invalid", "old")
    assert said in str(told["message"])
    assert told["hint"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "old"),
        ({"old": "two"}, "new"),
        ({"new": "two"}, "old"),
        ({"old": "two", "new": "two"}, "new"),
        ({"old": "two", "new": "2", "patch": "@@"}, "old"),
        ({"patch": "@@", "all": True}, "all"),
        ({"old": "two", "new": "2", "expected_hash": "0" * 64}, "expected_hash"),
        ({"old": "two", "new": "2", "expected_hash": "0" * 64, "dry_run": True}, "expected_hash"),
        ({"old": "two", "new": "\ud800"}, "new"),
        ({"patch": "\ud800"}, "patch"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    setting: Setting, file: Path, given: dict[str, Any], field: str
) -> None:
    told = refusal(setting, file, **given)
    assert (told["code"], told["field"]) == ("argument_invalid", field)


@pytest.mark.parametrize("content", [b"a\0two", b"\xff\xfet\0w\0o\0", b"two\xff", b"t\xe9 two"])
def test_only_text_in_utf_8_is_edited(setting: Setting, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    told = refusal(setting, file, old="two", new="2")
    assert (told["code"], told["field"]) == ("argument_invalid", "path")
    assert "write_file" in str(told["hint"])


def test_a_file_does_not_grow_beyond_all_bounds(setting: Setting, file: Path) -> None:
    file.write_bytes(b"a" * 1_000_000)
    told = refusal(setting, file, old="a", new="b" * 1_000_000, all=True)
    assert told["allowed"] == {"max": LARGEST_WHOLE}


def test_what_is_not_there_cannot_be_edited(setting: Setting, file: Path) -> None:
    told = refusal(setting, file, path="./other", old="a", new="b")
    assert (told["code"], told["field"]) == ("not_found", "path")
    assert "write_file" in str(told["hint"])


@pytest.mark.parametrize("dry_run", [False, True])
def test_what_is_kept_is_not_edited(setting: Setting, file: Path, dry_run: bool) -> None:
    kept = file.parent / ".git" / "config"
    kept.parent.mkdir()
    kept.write_text("two")
    with pytest.raises(Refused) as refused:
        editing(setting, path="./.git/config", old="two", new="2", dry_run=dry_run)
    assert refused.value.told["code"] == "denied"
    assert kept.read_text() == "two"


def test_large_files_are_edited_soon(setting: Setting, file: Path) -> None:
    line = "a line of text that is there very often\n"
    content = line * (LARGEST_WHOLE // len(line) - 1) + "last\n"
    file.write_text(content)
    start = time.process_time()
    told = editing(setting, old="last\n", new="end\n")
    assert told["diff"].endswith("-last\n+end\n")
    assert "lines" in str(refusal(setting, file, old="of text", new="x")["message"])
    refusal(setting, file, old=f"{line}x" * 20_000, new="x")
    assert time.process_time() - start < 15


def test_a_patch_that_takes_too_long_to_place_changes_nothing(
    setting: Setting, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("\n" * 2_000_000)
    hunk = "@@ -1,3 +1,3 @@\n \n \n-x\n+y\n"
    late = Setting(setting.tree, time.monotonic() + 0.2)
    with pytest.raises(Refused) as refused:
        edit(late, {"path": "./file", "all": False, "dry_run": False, "patch": hunk * 3_000})
    assert refused.value.told["code"] == "busy"
    assert (tmp_path / "file").stat().st_size == 2_000_000
