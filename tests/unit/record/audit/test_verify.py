"""Whatever is done to an audit is found; what is whole is called so."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from handrail.record.audit.chain import START, Link, seal
from handrail.record.audit.facts import line
from handrail.record.audit.finding import Report
from handrail.record.audit.head import Head
from handrail.record.audit.reading import Found
from handrail.record.audit.verify import verify

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
COUNT = 6
FACTS = [line("end", "a", {"call_id": f"c{n}", "tool": "t", "caller": "c"}) for n in range(COUNT)]
RAW, LAST = seal(KEY, START, FACTS)
LINES = RAW.splitlines(keepends=True)


def look(raw: bytes, last: Link = LAST, removed: Link = START) -> Report:
    """What verify says of a file with these bytes."""
    path = Path("audit.jsonl")
    *whole, rest = raw.split(b"\n")
    given = [Found(one, path, number) for number, one in enumerate(whole, 1)]
    given += [Found(rest, path, len(given) + 1, is_whole=False)] if rest else []
    return verify(given, KEY, Head(last, removed=removed))


def found(report: Report) -> list[tuple[str, int | None, int | None]]:
    return [(one.fault.value, one.first, one.last) for one in report.findings]


def test_a_whole_audit_is_whole() -> None:
    report = look(RAW)
    assert (report.is_whole, report.records, report.first, report.last) == (True, COUNT, 1, COUNT)


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_every_byte_that_is_another_is_found(at: int, change: int) -> None:
    other = RAW[:at] + bytes([RAW[at] ^ change]) + RAW[at + 1 :]
    report = look(other)
    number = RAW[:at].count(b"\n") + 1
    assert any(
        one.first is not None and one.first <= number <= (one.last or 0) for one in report.findings
    )
    assert len(report.findings) <= 3, "the lines around it are blamed, too"


@given(st.integers(0, len(RAW) - 1), st.binary(min_size=1, max_size=40))
def test_whatever_is_put_in_is_found(at: int, more: bytes) -> None:
    assert not look(RAW[:at] + more + RAW[at:]).is_whole


@given(st.integers(0, len(RAW)), st.integers(1, len(RAW)))
def test_whatever_is_taken_out_is_found(at: int, count: int) -> None:
    rest = RAW[:at] + RAW[at + count :]
    assert rest == RAW or not look(rest).is_whole


@given(st.permutations(range(COUNT)))
def test_another_order_is_found(order: list[int]) -> None:
    report = look(b"".join(LINES[at] for at in order))
    assert report.is_whole == (order == sorted(order))
    assert {one.fault.value for one in report.findings} <= {"reordered"}


@given(st.sets(st.integers(1, COUNT), min_size=1))
def test_what_is_missing_is_named_and_nothing_else(numbers: set[int]) -> None:
    report = look(b"".join(LINES[n - 1] for n in range(1, COUNT + 1) if n not in numbers))
    assert {one.fault.value for one in report.findings} <= {"removed", "truncated"}
    named = {n for one in report.findings for n in range(one.first or 0, (one.last or 0) + 1)}
    assert named == numbers


def test_a_chain_made_without_the_key_is_found_in_every_line() -> None:
    forged, end = seal(OTHER_KEY, START, FACTS)
    assert found(look(forged)) == [("changed", n, n) for n in range(1, COUNT + 1)]
    assert len(found(look(forged, end))) >= COUNT


def test_the_end_written_anew_with_another_key_is_found() -> None:
    after = Link(4, LINES[3].decode().rsplit('"', 2)[1])
    forged, _ = seal(OTHER_KEY, after, FACTS[4:])
    assert found(look(b"".join(LINES[:4]) + forged)) == [("changed", 5, 5), ("changed", 6, 6)]


def test_two_histories_with_one_key_do_not_join() -> None:
    other, _ = seal(KEY, START, [FACTS[1], *FACTS[1:]])
    joined = b"".join([*LINES[:3], *other.splitlines(keepends=True)[3:]])
    assert ("forked", 4, 4) in found(look(joined))


def test_a_line_that_is_there_twice_is_found() -> None:
    assert found(look(RAW + LINES[2])) == [("duplicated", 3, 3)]


def test_what_was_removed_to_make_room_is_not_missed() -> None:
    before = Link(2, LINES[1].decode().rsplit('"', 2)[1])
    report = look(b"".join(LINES[2:]), removed=before)
    assert (report.is_whole, report.first, report.records) == (True, 3, 4)
    assert found(look(b"".join(LINES[3:]), removed=before)) == [("removed", 3, 3)]


def test_a_head_that_a_kill_left_behind_is_no_finding() -> None:
    before = Link(5, LINES[4].decode().rsplit('"', 2)[1])
    report = look(RAW, before)
    assert report.is_whole
    assert report.notes == ["head: 1 lines behind, as a kill leaves it"]


def test_noise_is_no_audit_and_no_trouble() -> None:
    chance = random.Random(1)  # noqa: S311  # no secret
    assert not look(chance.randbytes(20_000)).is_whole
