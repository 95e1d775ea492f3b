"""Names that are kept however a file system folds them, and names that no caller can give."""

from __future__ import annotations

import json
import os

import pytest

from handrail.systems.files.names import is_below, is_kept, is_odd, is_ours, shown


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".GIT",
        ".Git",
        ".git.",
        ".git ",
        ".git . .",
        ".git::$INDEX_ALLOCATION",
        "GIT~1",
        ".g\u200cit",
        "\ufeff.git",
        ".gi\u00adt",
        ".git\ufe0f",
        ".git\U000e0001",
        ".handrail",
        ".HandRail",
        ".handrail...",
        ".hand\u2060rail",
    ],
)
def test_kept_names_are_known_in_every_form(name: str) -> None:
    assert is_kept(name)


@pytest.mark.parametrize(
    "name",
    [
        ".",
        "..",
        "",
        "...",
        "git",
        ".gitignore",
        ".github",
        "x.git",
        ".git2",
        "handrail",
        ".\uff47it",
    ],
)
def test_other_names_are_free(name: str) -> None:
    assert not is_kept(name)


def test_our_own_state_is_more_than_kept() -> None:
    assert is_ours(".Handrail ")
    assert not is_ours(".git")


@pytest.mark.parametrize(
    ("place", "tree", "below"),
    [
        ("a/b", "a", True),
        ("a", "a", True),
        ("A/b", "a", True),
        ("a", ".", True),
        (".", ".", True),
        ("ab", "a", False),
        ("a-evil/b", "a", False),
        (".", "a", False),
        ("a", "a/b", False),
    ],
)
def test_a_place_is_below_whole_names_only(place: str, tree: str, below: bool) -> None:
    assert is_below(place, tree) is below


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"plain", "plain"),
        (b"sp ace", "sp ace"),
        ("é日本".encode(), "é日本"),
        (b"back\\slash", "back\\slash"),
        (b"a\nb", "a\\nb"),
        (b"\\n\n", "\\\\n\\n"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"\x1b[31m", "\\x1b[31m"),
        ("\x9b".encode(), "\\x9b"),
    ],
)
def test_every_name_can_be_said(raw: bytes, said: str) -> None:
    """What a caller can give back is said as it is; the rest is escaped, and is odd."""
    name = os.fsdecode(raw)
    assert shown(name) == said
    assert is_odd(name) is (said != name)
    json.dumps(shown(name), ensure_ascii=False).encode()
