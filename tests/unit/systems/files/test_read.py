"""What is read of a file: which lines, in which encoding, and what is said of the rest."""

from __future__ import annotations

import base64
import hashlib
import os
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from handrail.spec.files import PARAMS, Operation
from handrail.systems.files.content import LARGEST_WHOLE
from handrail.systems.files.encoding import NAMES
from handrail.systems.files.page import PAGE_BYTES
from handrail.systems.files.read import LARGEST_BINARY, read
from handrail.systems.files.refused import Refused
from handrail.systems.files.setting import Setting
from handrail.systems.files.tree import Tree

DEFAULTS = {"limit": 2000, "encoding": "auto", "format": "auto"}
REPLACED_READS = 500
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    root = os.open(tmp_path, os.O_PATH)
    yield Setting(Tree(root), time.monotonic() + 60)
    os.close(root)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def reading(setting: Setting, **given: Any) -> dict[str, Any]:
    return read(setting, {"path": "./file", **DEFAULTS, **given})


def refusal(setting: Setting, **given: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        reading(setting, **given)
    return refused.value.told


def followed(setting: Setting, **given: Any) -> list[dict[str, Any]]:
    """Every page, each by what the one before said to ask next."""
    pages = [reading(setting, **given)]
    while "next" in pages[-1]:
        given = {**given, **pages[-1]["next"]}
        given = {name: value for name, value in given.items() if value is not None}
        pages.append(reading(setting, **given))
    return pages


def test_a_small_file_is_told_as_a_whole(setting: Setting, file: Path) -> None:
    file.write_text("one\ntwo\n")
    assert reading(setting) == {
        "path": "file",
        "text": "one\ntwo\n",
        "first_line": 1,
        "last_line": 2,
        "lines_total": 2,
        "size": 8,
        "encoding": "utf-8",
        "final_newline": True,
        "hash": hashlib.sha256(b"one\ntwo\n").hexdigest(),
    }


def test_an_empty_file_is_an_empty_text(setting: Setting, file: Path) -> None:
    file.touch()
    answer = reading(setting)
    assert (answer["text"], answer["lines_total"], answer["size"]) == ("", 0, 0)
    assert "next" not in answer
    assert refusal(setting, start=2)["allowed"] == {"max": 0}


@pytest.mark.parametrize(
    ("given", "text", "lines", "following"),
    [
        ({"start": 2, "limit": 2}, "b\nc\n", (2, 3), {"start": 4, "offset": None}),
        ({"start": 4}, "d\ne", (4, 5), None),
        ({"start": 5}, "e", (5, 5), None),
        ({"start": 0, "limit": 1}, "a\n", (1, 1), {"start": 2, "offset": None}),
        ({"start": -2}, "d\ne", (4, 5), None),
        ({"start": -2, "limit": 1}, "d\n", (4, 4), {"start": 5, "offset": None}),
        ({"start": -99}, "a\nb\nc\nd\ne", (1, 5), None),
        ({"offset": 2, "limit": 1}, "b\n", (2, 2), {"start": 3, "offset": None}),
        ({"offset": 9}, "", (5, 5), None),
    ],
)
def test_lines_are_counted_from_either_end(
    setting: Setting,
    file: Path,
    given: dict[str, Any],
    text: str,
    lines: tuple[int, int],
    following: dict[str, Any] | None,
) -> None:
    file.write_text("a\nb\nc\nd\ne")
    answer = reading(setting, **given)
    assert (answer["text"], (answer["first_line"], answer["last_line"])) == (text, lines)
    assert answer.get("next") == following


def test_the_last_line_counts_once_whether_or_not_it_is_ended(setting: Setting, file: Path) -> None:
    file.write_text("a\nb\n")
    assert reading(setting, start=-1)["text"] == "b\n"
    assert refusal(setting, start=3)["allowed"] == {"max": 2}
    file.write_text("a\nb")
    assert reading(setting, start=-1)["text"] == "b"
    assert refusal(setting, start=3)["allowed"] == {"max": 2}
    file.write_text("\n\n")
    assert reading(setting, start=-1)["text"] == "\n"


@pytest.mark.parametrize("given", [{"start": 1, "offset": 1}, {"offset": 9}])
def test_an_impossible_beginning_is_refused(
    setting: Setting, file: Path, given: dict[str, Any]
) -> None:
    file.write_text("12345678")
    assert (refusal(setting, **given)["code"], refusal(setting, **given)["field"]) == (
        "argument_invalid",
        "offset",
    )


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"line {n}\n" for n in range(20_000)),
        "é" * 150_000,
        "a" + "𝄞" * 60_000 + "\n" + "b" * 50_000,
        "x" * (PAGE_BYTES - 1) + "\n" + "y" * PAGE_BYTES + "\n" + "z",
        "\n" * 100_000,
    ],
    ids=["lines", "one line", "two long lines", "just a page", "empty lines"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_pages_make_up_the_file_and_cut_no_character(
    setting: Setting, file: Path, text: str, encoding: str
) -> None:
    file.write_bytes(text.encode(encoding))
    pages = followed(setting, limit=10_000)
    assert "".join(page["text"] for page in pages) == text
    assert len(pages) > 1
    assert max(len(page["text"].encode()) for page in pages) <= PAGE_BYTES * 2


@pytest.mark.parametrize("encoding", ["shift_jis", "gb18030", "cp1252", "latin-1", "utf-16-le"])
def test_a_named_encoding_is_used(setting: Setting, file: Path, encoding: str) -> None:
    text = "é\n" * 30_000 if encoding in ("cp1252", "latin-1") else "日本\n語" * 15_000
    file.write_bytes(text.encode(encoding))
    pages = followed(setting, encoding=encoding.removesuffix("-le"), limit=10_000)
    assert "".join(page["text"] for page in pages) == text
    assert pages[0]["encoding"] == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32-be"])
def test_an_offset_inside_a_character_is_its_start(
    setting: Setting, file: Path, encoding: str
) -> None:
    mark = "\ufeff" if encoding == "utf-32-be" else ""
    file.write_bytes((mark + "aé𝄞b").encode(encoding))
    texts = {reading(setting, offset=n)["text"] for n in range(file.stat().st_size)}
    assert texts == {"aé𝄞b", "é𝄞b", "𝄞b", "b"}


def test_the_byte_order_mark_is_no_text_but_is_told(setting: Setting, file: Path) -> None:
    file.write_bytes("a\r\nb\r\n".encode("utf-8-sig"))
    answer = reading(setting)
    assert (answer["text"], answer["encoding"]) == ("a\r\nb\r\n", "utf-8")
    assert (answer["byte_order_mark"], answer["newline"]) == (True, "crlf")
    file.write_bytes(b"a\r\nb\n")
    assert reading(setting)["newline"] == "mixed"


def test_what_is_not_utf8_is_never_guessed(setting: Setting, file: Path) -> None:
    file.write_bytes("eins\nüber\n".encode("latin-1"))
    error = refusal(setting)
    assert (error["code"], error["field"]) == ("argument_invalid", "encoding")
    assert "byte 5 in line 2 is 0xfc" in error["message"]
    assert "latin-1" in error["allowed"]
    assert reading(setting, encoding="latin-1")["text"] == "eins\nüber\n"


def test_every_encoding_that_can_be_named_is_known() -> None:
    assert PARAMS[Operation.READ]["encoding"].choices == ("auto", *NAMES)


def test_control_characters_stay_as_they_are(setting: Setting, file: Path) -> None:
    file.write_text("\x1b[31mred\u202e\r")
    assert reading(setting)["text"] == "\x1b[31mred\u202e\r"


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "audio/wav"),
        (b"ID3\4\0\0\0", "audio/mpeg"),
        (b"OggS\0\2", "audio/ogg"),
        (b"fLaC\0\0\0\x22", "audio/flac"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"PK\3\4\x14\0", "application/zip"),
        (b"anything\0else", "application/octet-stream"),
    ],
)
def test_a_binary_file_is_content_by_what_it_begins_with(
    setting: Setting, file: Path, content: bytes, mime_type: str
) -> None:
    file.write_bytes(content)
    answer = reading(setting)
    assert answer["mime_type"] == mime_type
    assert base64.b64decode(answer["data"]) == content
    assert answer["hash"] == hashlib.sha256(content).hexdigest()
    error = refusal(setting, format="text")
    assert (error["code"], error["field"]) == ("argument_invalid", "format")
    assert refusal(setting, start=1)["field"] == "start"


@pytest.mark.parametrize(
    "text", ["ID3 tags are old", "%PDF-1 is how it begins", "GIF89a", "<svg/>"]
)
def test_text_is_text_by_whatever_letters_it_begins(
    setting: Setting, file: Path, text: str
) -> None:
    file.write_text(text)
    assert reading(setting)["text"] == text
    answer = reading(setting, format="binary")
    assert (answer["mime_type"], answer["data"]) == (
        "text/plain",
        base64.b64encode(text.encode()).decode(),
    )


def test_a_large_binary_file_is_refused_with_its_size(setting: Setting, file: Path) -> None:
    file.write_bytes(b"\0" * LARGEST_BINARY)
    assert len(reading(setting)["data"]) == LARGEST_BINARY // 3 * 4
    file.write_bytes(b"\0" * (LARGEST_BINARY + 1))
    assert "720,001 bytes" in refusal(setting)["message"]


@pytest.fixture
def huge(file: Path) -> Path:
    """2 GiB, of which the disk holds little: lines, a hole, lines."""
    with file.open("wb") as written:
        written.write(b"".join(b"line %07d\n" % n for n in range(1, 1_500_001)))
        written.seek(2 * 1024**3)
        written.write("\nlast but one é\nlast\n".encode())
    return file


def test_a_huge_file_answers_at_once_with_little_memory(setting: Setting, huge: Path) -> None:
    before, began = _peak_bytes(), time.process_time()
    first = reading(setting)
    assert (first["first_line"], first["last_line"]) == (1, 2000)
    assert not {"hash", "lines_total"} & first.keys()
    assert reading(setting, offset=first["next"]["offset"])["text"].startswith("line 0002001\n")
    last = reading(setting, start=-2)
    assert (last["text"], last["size"]) == ("last but one é\nlast\n", huge.stat().st_size)
    assert "first_line" not in last
    assert time.process_time() - began < 1.0
    assert _peak_bytes() - before < 16 * 1024**2


def test_a_deep_line_of_a_huge_file_is_counted_to(setting: Setting, huge: Path) -> None:
    before = _peak_bytes()
    answer = reading(setting, start=1_400_000, limit=1)
    assert (answer["text"], answer["first_line"]) == ("line 1400000\n", 1_400_000)
    assert _peak_bytes() - before < 16 * 1024**2


def test_who_has_no_time_to_count_is_told_where_to_go_on(setting: Setting, huge: Path) -> None:
    late = Setting(setting.tree, time.monotonic())
    error = refusal(late, start=1_400_000)
    assert (error["code"], error["field"]) == ("argument_invalid", "start")
    assert "line 1 begins at offset=0" in error["hint"]
    assert "offset=" in refusal(late, start=-(10**9))["hint"]
    assert reading(late)["first_line"] == 1


def test_a_hole_is_binary_and_what_follows_can_be_read(setting: Setting, file: Path) -> None:
    with file.open("wb") as written:
        written.seek(1024**2)
        written.write(b"after\n")
    assert refusal(setting)["code"] == "argument_invalid"
    assert reading(setting, offset=1024**2, encoding="utf-8")["text"] == "after\n"


def test_a_file_that_says_it_is_empty_is_read_to_its_end() -> None:
    """As those of proc(5) do."""
    proc = os.open("/proc", os.O_PATH)
    try:
        answer = read(Setting(Tree(proc), time.monotonic() + 60), {"path": "./version", **DEFAULTS})
    finally:
        os.close(proc)
    assert answer["text"] == Path("/proc/version").read_text()


class Touched:
    """Appends to a file whenever something is read of it."""

    def __init__(self, file: Path, times: int, by: Any) -> None:
        self.file, self.times, self.by = file, times, by

    def pread(self, *given: int) -> bytes:
        raw: bytes = self.by(*given)
        if self.times > 0 and not raw:
            self.times -= 1
            with self.file.open("a") as file:
                file.write("more\n")
        return raw


def test_a_file_that_changes_is_read_again(
    setting: Setting, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("one\n")
    touched = Touched(file, 1, os.pread)
    monkeypatch.setattr(os, "pread", touched.pread)
    answer = reading(setting)
    assert answer["text"] == "one\nmore\n"
    assert answer["hash"] == hashlib.sha256(b"one\nmore\n").hexdigest()
    assert "changed" not in answer


def test_a_file_that_does_not_hold_still_is_told_so(
    setting: Setting, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("one\n")
    monkeypatch.setattr(os, "pread", Touched(file, 99, os.pread).pread)
    answer = reading(setting)
    assert answer["changed"] is True
    assert "hash" not in answer


def test_a_file_that_is_replaced_all_the_time_is_read(setting: Setting, file: Path) -> None:
    """Whoever replaces it atomically never leaves a moment without it."""
    file.write_text("whole")
    enough = threading.Event()

    def replace() -> None:
        while not enough.is_set():
            (file.parent / "next").write_text("whole")
            (file.parent / "next").rename(file)

    with ThreadPoolExecutor() as pool:
        replacing = pool.submit(replace)
        try:
            texts = [reading(setting)["text"] for _ in range(REPLACED_READS)]
        finally:
            enough.set()
    assert replacing.exception() is None
    assert set(texts) == {"whole"}


def test_a_file_larger_than_is_hashed_says_no_hash(setting: Setting, file: Path) -> None:
    file.write_bytes(b"x\n" * (LARGEST_WHOLE // 2))
    assert reading(setting)["lines_total"] == LARGEST_WHOLE // 2
    with file.open("ab") as more:
        more.write(b"x")
    assert "hash" not in reading(setting)


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
