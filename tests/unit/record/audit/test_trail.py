"""The chain on disk goes on, whatever a killed server or somebody else left of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.record.audit.place import Place
from tests.unit.record.audit.keeping import (
    found,
    keep,
    place_in,
    records,
    trail_in,
    verified,
    write,
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An audit of three records."""
    keep(tmp_path, "one", "two", "three")
    return place_in(tmp_path)


def ids(folder: Path) -> list[str]:
    return [one["call_id"] for one in records(folder) if "call_id" in one]


def test_another_server_goes_on_with_the_chain(place: Place, tmp_path: Path) -> None:
    keep(tmp_path, "four")
    assert ids(tmp_path) == ["one", "two", "three", "four"]
    assert verified(tmp_path).is_whole


def test_nobody_else_can_read_any_of_it(place: Place) -> None:
    modes = [path.stat().st_mode & 0o777 for path in (place.file, place.key, place.head)]
    assert modes == [0o600] * 3


def test_a_head_that_is_behind_catches_up(place: Place, tmp_path: Path) -> None:
    behind = place.head.read_bytes()
    keep(tmp_path, "four")
    place.head.write_bytes(behind)  # killed between the line and the head
    keep(tmp_path, "five")
    assert ids(tmp_path)[-2:] == ["four", "five"]
    assert verified(tmp_path).is_whole
    assert verified(tmp_path).notes == []


def test_the_beginning_of_a_line_is_cut_off_and_told(place: Place, tmp_path: Path) -> None:
    with place.file.open("ab") as file:
        file.write(b'{"seq":4,"kind":"end","ti' + b"x" * 5000)
    assert found(tmp_path) == [("garbled", None, None)]
    keep(tmp_path, "four")
    (note,) = verified(tmp_path).notes
    assert note.startswith("cut: audit.jsonl:4, seq 4: 5025 bytes")
    assert verified(tmp_path).is_whole
    assert ids(tmp_path)[-1] == "four"


@pytest.mark.parametrize("left", [0, 1, 2])
def test_lines_that_were_cut_off_are_missed_for_ever(
    place: Place, tmp_path: Path, left: int
) -> None:
    lines = place.file.read_bytes().splitlines(keepends=True)
    place.file.write_bytes(b"".join(lines[:left]))
    assert found(tmp_path) == [("truncated", left + 1, 3)]
    keep(tmp_path, "after")
    keep(tmp_path, "later")
    assert found(tmp_path) == [("truncated", left + 1, 3)]
    assert ids(tmp_path)[-2:] == ["after", "later"]


def test_a_file_that_is_taken_away_while_it_is_written_is_missed(tmp_path: Path) -> None:
    trail = trail_in(tmp_path)
    try:
        write(trail, "one", "two")
        place_in(tmp_path).file.unlink()
        write(trail, "three")
    finally:
        trail.close()
    assert ids(tmp_path) == ["three"]
    assert found(tmp_path) == [("truncated", 1, 2)]


def test_a_line_that_somebody_added_stays_and_is_named(place: Place, tmp_path: Path) -> None:
    with place.file.open("ab") as file:
        file.write(b'{"seq":4,"kind":"end","call_id":"forged"}\n')
    keep(tmp_path, "four")
    ((fault, _, _),) = found(tmp_path)
    assert fault == "garbled"
    assert "forged" in place.file.read_text()


@pytest.mark.parametrize("done", ["renamed", "begun"])
def test_a_rotation_that_was_killed_is_finished(place: Place, tmp_path: Path, done: str) -> None:
    place.file.rename(place.full(1))
    if done == "begun":
        place.file.touch(0o600)
    keep(tmp_path, "four")
    assert ids(tmp_path) == ["one", "two", "three", "four"]
    assert len(place.file.read_text().splitlines()) == 1
    assert verified(tmp_path).is_whole


def test_full_files_make_room_and_the_rest_is_whole(tmp_path: Path) -> None:
    trail = trail_in(tmp_path, rotate_bytes=600, keep=2)
    try:
        for number in range(12):
            write(trail, f"{number}")
    finally:
        trail.close()
    report = verified(tmp_path)
    assert (report.is_whole, report.last) == (True, 12)
    assert report.first > 1
    assert len(place_in(tmp_path).full_files()) == 2


def test_a_full_file_that_is_taken_away_is_missed(tmp_path: Path) -> None:
    for number in range(6):
        keep(tmp_path, f"{number}", rotate_bytes=500)
    (first, path), *_ = place_in(tmp_path).full_files()
    count = len(path.read_text().splitlines())
    path.unlink()
    assert found(tmp_path) == [("removed", first, first + count - 1)]


def test_two_writers_take_turns(tmp_path: Path) -> None:
    one, other = trail_in(tmp_path, 900), trail_in(tmp_path, 900)
    try:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for number in range(40):
            write(one if number % 3 else other, f"{number}")
        one.sync()
        other.sync()
        assert len(list(Path("/proc/self/fd").iterdir())) == before + 2  # the file, in each
    finally:
        one.close()
        other.close()
    assert ids(tmp_path) == [f"{number}" for number in range(40)]
    assert verified(tmp_path).is_whole


@pytest.mark.parametrize("part", ["key", "head"])
def test_without_a_part_of_it_an_audit_is_not_gone_on_with(
    place: Place, tmp_path: Path, part: str
) -> None:
    (place.key if part == "key" else place.head).unlink()
    with pytest.raises(UsageError, match="is missing"):
        trail_in(tmp_path)


def test_nor_without_both_nor_with_another_key(place: Place, tmp_path: Path) -> None:
    key = place.key.read_bytes()
    place.key.write_text("ab" * 32)
    with pytest.raises(UsageError, match="do not belong together"):
        trail_in(tmp_path)
    place.key.write_bytes(key)
    place.key.rename(tmp_path / "key")
    place.head.unlink()
    with pytest.raises(UsageError, match="its key and its head are missing"):
        trail_in(tmp_path)


def test_what_looks_like_the_chain_in_a_value_stays_a_value(tmp_path: Path) -> None:
    hostile = '","previous":"' + "0" * 64 + '","mac":"' + "0" * 64 + '"}\n{"seq":9,'
    keep(tmp_path, hostile, "after")
    assert ids(tmp_path) == [hostile, "after"]
    assert verified(tmp_path).is_whole
    assert json.loads(place_in(tmp_path).file.read_text().splitlines()[0])["seq"] == 1
