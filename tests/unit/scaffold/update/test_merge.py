"""Two versions of a text become one, and no line of either is lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail.scaffold.update.merge import Conflict, Merged, merge

BASE = "one\ntwo\nthree\nfour\nfive\n"
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "e  "]), max_size=12)
ENDS = st.sampled_from(["\n", "\r\n"])


def merged(yours: str, ours: str, old: str = BASE) -> str:
    found = merge(old.encode(), yours.encode(), ours.encode())
    assert found is not None
    assert found.conflicts == ()
    return found.data.decode()


def test_changes_in_different_places_are_both_made() -> None:
    yours = BASE.replace("one", "one of mine")
    ours = BASE.replace("five", "five of ours")

    assert merged(yours, ours) == "one of mine\ntwo\nthree\nfour\nfive of ours\n"


def test_the_same_change_on_both_sides_is_made_once() -> None:
    changed = BASE.replace("three\n", "three\nthree and a half\n")

    assert merged(changed, changed) == changed


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        ("one\ntwo\n# mine\nthree\nfour\nfive\n", "one\ntwo\n# mine\nTHREE\nfour\nfive\n"),
        ("one\ntwo\nthree\n# mine\nfour\nfive\n", "one\ntwo\nTHREE\n# mine\nfour\nfive\n"),
    ],
)
def test_a_line_put_beside_a_changed_one_stays_beside_it(yours: str, expected: str) -> None:
    assert merged(yours, BASE.replace("three", "THREE")) == expected


def test_a_line_that_we_put_beside_a_changed_one_stays_beside_it() -> None:
    ours = BASE.replace("three\n", "three\n# ours\n")

    assert merged(BASE.replace("three", "THREE"), ours) == "one\ntwo\nTHREE\n# ours\nfour\nfive\n"


def test_what_both_changed_is_marked_and_its_lines_are_told() -> None:
    yours = "zero\n" + BASE.replace("three", "three of mine")
    ours = BASE.replace("three", "three of ours")

    assert merge(BASE.encode(), yours.encode(), ours.encode()) == Merged(
        b"zero\none\ntwo\n<<<<<<< yours\nthree of mine\n||||||| before\nthree\n=======\n"
        b"three of ours\n>>>>>>> handrail\nfour\nfive\n",
        (Conflict(line=4, marked=4),),
    )


def test_a_line_put_beside_one_that_is_removed_is_for_a_person_to_judge() -> None:
    yours, ours = BASE.replace("three", "three\n# mine"), BASE.replace("three\n", "")

    found = merge(BASE.encode(), yours.encode(), ours.encode())

    assert found is not None
    assert len(found.conflicts) == 1


def test_lines_end_as_yours_do() -> None:
    yours = BASE.replace("one", "mine").replace("\n", "\r\n")
    ours = BASE.replace("five\n", "five\nsix\n")

    assert merged(yours, ours) == "mine\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\n"


def test_a_line_that_ends_otherwise_than_the_rest_goes_on_to() -> None:
    yours = "one\r\ntwo\nthree\nfour\nfive\n"

    assert merged(yours, BASE.replace("five", "FIVE")) == "one\r\ntwo\nthree\nfour\nFIVE\n"


def test_a_last_line_without_an_end_stays_so() -> None:
    yours = "ONE\ntwo\nthree\nfour\nfive"

    assert merged(yours, BASE.replace("three", "THREE")) == "ONE\ntwo\nTHREE\nfour\nfive"


def test_a_line_after_a_last_line_without_an_end_is_a_line_of_its_own() -> None:
    assert merged("ONE\ntwo\nthree\nfour\nfive", f"{BASE}six\n").endswith("five\nsix\n")


@pytest.mark.parametrize("binary", [b"\xff\xfe", b"one\0two", "ünd".encode("latin-1")])
def test_what_is_no_text_is_not_merged(binary: bytes) -> None:
    assert merge(b"one\n", binary, b"two\n") is None
    assert merge(binary, b"one\n", b"two\n") is None


@given(LINES, LINES, LINES, ENDS, st.booleans())
@example(["a"], ["a", "b"], ["a", "c"], "\n", True)
def test_no_line_of_either_side_is_lost(
    old: list[str], yours: list[str], ours: list[str], end: str, ended: bool
) -> None:
    text = end.join(yours) + (end if ended and yours else "")
    found = merge("\n".join(old).encode(), text.encode(), "".join(f"{n}\n" for n in ours).encode())

    assert found is not None
    told = found.data.decode().replace("\r\n", "\n")
    # What is repeated of the text before is of neither side.
    told = re.sub(r"(?ms)^\|{7} before$.*?^={7}$", "", told)
    have = Counter(told.split("\n"))
    for side in (yours, ours):
        added = Counter(side) - Counter(old)
        assert not added - have, (added, have)


@given(LINES, LINES)
def test_what_only_one_side_changed_is_as_that_side_has_it(
    old: list[str], changed: list[str]
) -> None:
    before = "".join(f"{one}\n" for one in old).encode()
    after = "".join(f"{one}\n" for one in changed).encode()

    assert merge(before, after, before) == Merged(after, ())
    assert merge(before, before, after) == Merged(after, ())
