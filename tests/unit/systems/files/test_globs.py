"""What callers' globs match."""

from __future__ import annotations

import pytest

from handrail.systems.files.globs import Globs, found_by
from handrail.systems.files.refused import Refused


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        ("*.py", ["a.py", "d/e/a.py", ".py"], ["a.pyc", "a.py/b"]),
        ("src/**/test_*", ["src/test_a", "src/x/y/test_a"], ["a/src/test_a", "src/a", "test_a"]),
        ("/a", ["a"], ["d/a"]),
        ("d/*", ["d/a"], ["d/e/a", "d"]),
        ("d/**", ["d/a", "d/e/a"], ["d", "a"]),
        ("d/", ["d/", "e/d/"], ["d"]),
        ("d", ["d", "d/", "e/d/"], ["d/a"]),
        ("**", ["a", "d/", "d/a"], []),
        ("*.{js,ts}", ["a.js", "d/a.ts"], ["a.{js,ts}", "a.jsts"]),
        ("{a,b{c,d}}x", ["ax", "bcx", "bdx"], ["bx", "bc"]),
        ("{,x}a", ["a", "xa"], ["xxa"]),
        ("{src,lib}/a", ["src/a", "lib/a"], ["a"]),
        (r"\{a,b}", ["{a,b}"], ["a", "b"]),
        (r"\*[*][?]\[", ["**?["], ["aaa["]),
        ("?", ["a", "é"], ["ab", "/"]),
        ("[à-ü]", ["é"], ["e"]),
        ("a\tb", ["a\tb"], ["ab"]),
    ],
)
def test_a_glob_finds(pattern: str, matches: list[str], others: list[str]) -> None:
    glob = found_by(pattern, "pattern")
    assert [path for path in (*matches, *others) if glob.match(path)] == matches


@pytest.mark.parametrize("pattern", ["[a", "a\\", "[[:none:]]", "{a,b}" * 8])
def test_what_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(Refused) as refused:
        found_by(pattern, "glob")
    assert refused.value.told["field"] == "glob"
    assert "hint" in refused.value.told


@pytest.mark.parametrize(
    ("globs", "taken"),
    [
        ([], ["a.py", "d/a.js", "d/t.py"]),
        (["*.py"], ["a.py", "d/t.py"]),
        (["!t.*"], ["a.py", "d/a.js"]),
        (["*.py", "!d"], ["a.py"]),
        (["!d/**", "d/t.py"], ["d/t.py"]),
        (["d"], ["d/a.js", "d/t.py"]),
        (["d/"], ["d/a.js", "d/t.py"]),
        (["a.py/"], []),
    ],
)
def test_the_last_glob_that_matches_decides(globs: list[str], taken: list[str]) -> None:
    chosen = Globs.of(globs, "glob")
    assert [path for path in ("a.py", "d/a.js", "d/t.py") if chosen.take(path)] == taken
