"""Lines found in files: the same with ripgrep and without, and only what anyone may see."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handrail.systems.files.blocks import BLOCK_BYTES, LONGEST_LINE_BYTES
from handrail.systems.files.matches import LONGEST_SHOWN
from handrail.systems.files.pattern import pattern_of
from handrail.systems.files.refused import Refused
from handrail.systems.files.results import PAGE_CHARACTERS
from handrail.systems.files.ripgrep import FEWEST_FILES, candidates
from tests.unit.systems.files.searching import RIPGREP, paths, plant, searching, workspace

REPOSITORY = Path(__file__).parents[4]
LINES = (
    *("", "a", "ab", "aab b", "def a(b):", "\tb a", "B A", "É é", "Kelvin \u212a k", "\u017fs S"),
    *(
        "\u0130 i I \u0131",
        "a\u0301 combining",
        "x\u00b2 2",
        "\u0966\u0967",
        "a\u2028b",
        "\x1c\x0b",
    ),
    *(
        "a\rb",
        "{a}",
        "a{2}",
        "[a]",
        "a.b",
        "$a^",
        "a" * 500,
        "\u4e2d\u6587",
        "\ufffd",
        "\U0001f600a",
    ),
)
WRITTEN: tuple[Callable[[str], bytes], ...] = (
    lambda text: text.encode(),
    lambda text: text.replace("\n", "\r\n").encode(),
    lambda text: b"\xef\xbb\xbf" + text.encode(),
    lambda text: text.rstrip("\n").encode(),
    lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode() + b"\0",
    lambda text: text.encode("latin-1", "replace"),
    lambda text: text.encode() + b"\xe2\x82a \xff\xc3(\n",
)
ATOMS = (
    *("a", "b", "é", "É", "k", "\u212a", "s", "i", "\u0131", "I", ".", r"\w", r"\W", r"\d", r"\s"),
    *(r"\S", r"\D", r"\b", r"\B", "^", "$", "[ab]", "[^a]", r"[\s\d]", r"[^\s]", "[a-z]", "[]a]"),
    *("[^]b]", r"\.", r"\{", "{", " ", r"\ ", r"\"", r"\t", r"\x61", r"\u00e9", "\ufffd", "(?:ab)"),
    *("(a|b)", "(?P<n>a)", "|", "a?", r"\w+", ".*", ".*?", "b{2}", "a{1,3}?", "[é-ü]", r"[\W_]"),
    *(r"\r", "\u4e2d", "(?i:B)", r"[^\W]", r"\-", "-", "\u0301", r"[\]a]", "(?:)"),
)
PATTERNS = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=5).map("".join)


@pytest.fixture(scope="module")
def corpus() -> Iterator[Path]:
    """Every line in every way to write it, alone and between others."""
    root = Path(tempfile.mkdtemp(prefix="handrail-grep-"))
    for number, line in enumerate(LINES):
        around = f"before\n\n{line}\nafter\n"
        for way, write in enumerate(WRITTEN):
            plant(
                root,
                {f"d{way}/{number:02}": write(f"{line}\n"), f"e/{way}/{number}": write(around)},
            )
    yield root
    shutil.rmtree(root)


def both(root: Path, pattern: str, **given: Any) -> tuple[object, object]:
    """What is said without and with ripgrep, be it a refusal."""
    said: list[object] = []
    for searcher in (None, RIPGREP):
        with workspace(root, searcher=searcher) as setting:
            try:
                said.append(searching(setting, pattern, **given))
            except Refused as refused:
                said.append(refused.told)
    return said[0], said[1]


@settings(max_examples=250, deadline=None)
@given(
    pattern=PATTERNS,
    regex=st.booleans(),
    ignore_case=st.booleans(),
    context=st.integers(0, 2),
    names_only=st.booleans(),
    glob=st.lists(st.sampled_from(["d*", "*1", "!e", "e/**", "!*2"]), max_size=2),
    offset=st.integers(0, 40),
    limit=st.integers(1, 60),
)
@example(r"\s$", True, True, 0, False, [], 0, 60)
@example("\u0131", False, True, 0, False, [], 0, 60)
def test_ripgrep_changes_nothing_but_the_time(
    corpus: Path,
    pattern: str,
    regex: bool,
    ignore_case: bool,
    context: int,
    names_only: bool,
    glob: list[str],
    offset: int,
    limit: int,
) -> None:
    without, with_it = both(
        corpus,
        pattern,
        regex=regex,
        ignore_case=ignore_case,
        context=context,
        names_only=names_only,
        glob=glob,
        offset=offset,
        limit=limit,
    )
    assert with_it == without


@pytest.mark.parametrize("context", [0, 3])
@pytest.mark.parametrize(
    ("pattern", "regex"),
    [("frozen=True", False), (r"def \w+\(self", True), (r"\bW?alk\b", True), ("…", False)],
)
def test_nor_in_this_repository(pattern: str, regex: bool, context: int) -> None:
    without, with_it = both(REPOSITORY / "src", pattern, regex=regex, context=context)
    assert isinstance(without, dict)
    assert with_it == without
    assert without["matches"]


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("after", {}),
        ("AFTER", {"ignore_case": True}),
        (r"\bne+dle\s?\w*$", {"regex": True}),
        ('"need le/"', {"ignore_case": True}),
    ],
)
def test_ripgrep_does_leave_files_out(tmp_path: Path, pattern: str, given: dict[str, Any]) -> None:
    """Else it would be of no use, though the results are the same."""
    plant(tmp_path, {f"{n}": "nothing … é\r\n" for n in range(FEWEST_FILES)})
    plant(tmp_path, {"found": 'after needle\r\n"need le/"\n'})
    wanted = pattern_of(pattern, **{"regex": False, "ignore_case": False, **given})
    with workspace(tmp_path):
        names = sorted(one.name for one in tmp_path.iterdir())
        assert candidates(RIPGREP, wanted, names) == ["found"]


def test_where_ripgrep_fails_everything_is_searched(tmp_path: Path) -> None:
    names = [str(n) for n in range(FEWEST_FILES)]
    plant(tmp_path, dict.fromkeys(names, "a"))
    wanted = pattern_of("b", regex=False, ignore_case=False)
    with workspace(tmp_path):
        assert candidates(RIPGREP, wanted, names) == []
        assert candidates(RIPGREP, wanted, [*names, "gone"]) == [*names, "gone"]
        assert candidates("/nonexistent/rg", wanted, names) == names


def test_ripgrep_hears_nothing_but_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither files of settings nor names that look like options."""
    plant(tmp_path, {f"{n}": "a\n" for n in range(FEWEST_FILES)} | {"--pre=touch": "b", "rc": "-v"})
    monkeypatch.setenv("RIPGREP_CONFIG_PATH", str(tmp_path / "rc"))
    with workspace(tmp_path, searcher=RIPGREP) as setting:
        assert paths(searching(setting, "b")) == ["--pre=touch"]
        assert paths(searching(setting, "--files")) == []


def test_lines_are_numbered_and_have_their_surroundings(tmp_path: Path) -> None:
    plant(tmp_path, {"a": "1\n2\nx\n4\nx\n6\n7", "b/c": "x"})
    with workspace(tmp_path) as setting:
        assert searching(setting, "x", context=2)["matches"] == [
            {"path": "a", "line": 3, "text": "x", "before": ["1", "2"], "after": ["4", "x"]},
            {"path": "a", "line": 5, "text": "x", "before": ["x", "4"], "after": ["6", "7"]},
            {"path": "b/c", "line": 1, "text": "x"},
        ]


def test_surroundings_go_on_over_the_blocks_that_are_read(tmp_path: Path) -> None:
    filler = f"{'-' * 99}\n" * (BLOCK_BYTES // 100)
    text = f"{filler}1\n2\nx\n4\n{filler}x\n"
    plant(tmp_path, {"a": text, "b": text[30:-2]})
    lines = text.split("\n")
    with workspace(tmp_path) as setting:
        found = searching(setting, "x", context=3, path="./a")["matches"]
    for match in found:
        at = match["line"] - 1
        assert lines[at] == "x"
        assert match["before"] == lines[at - 3 : at]
        assert match.get("after", []) == lines[at + 1 : at + 4][: len(lines) - at - 2]
    assert len(found) == 2


@pytest.mark.parametrize("at", range(8))
def test_a_match_beside_the_end_of_a_block(tmp_path: Path, at: int) -> None:
    begin = b"-\n" * (BLOCK_BYTES // 2 - 4) + b"-" * at
    plant(tmp_path, {"a": begin + b"\nx\ny\nz\nu\nv\nw\n"})
    first = begin.count(b"\n") + 2
    with workspace(tmp_path) as setting:
        found = searching(setting, "[xyzuvw]", regex=True, context=1)["matches"]
    assert [(one["line"] - first, one["text"]) for one in found] == list(enumerate("xyzuvw"))
    assert [one["after"][0] for one in found[:-1]] == list("yzuvw")
    assert [one["before"][0] for one in found[1:]] == list("xyzuv")


def test_a_long_line_is_cut_around_its_match(tmp_path: Path) -> None:
    plant(tmp_path, {"a": f"{'-' * 9000}needle{'+' * 9000}\n", "b": f"needle{'+' * 9000}"})
    with workspace(tmp_path) as setting:
        middle, front = (one["text"] for one in searching(setting, "needle")["matches"])
    assert middle[0] == middle[-1] == front[-1] == "…"
    assert len(middle) == LONGEST_SHOWN + 2
    assert "-needle+" in middle
    assert front.startswith("needle+")


@pytest.mark.parametrize(
    "content",
    [b"x\n\0", b"x\n" + b"-" * BLOCK_BYTES + b"\n\0", b"x\n" + b"-" * (LONGEST_LINE_BYTES + 1)],
    ids=["a NUL", "a NUL far behind", "an endless line"],
)
def test_binary_files_have_no_matches(tmp_path: Path, content: bytes) -> None:
    plant(tmp_path, {"a": content, "b": "x"})
    with workspace(tmp_path) as setting:
        assert paths(searching(setting, "x")) == ["b"]
        assert searching(setting, "x", path="./a")["matches"] == []


def test_pages_follow_one_another(tmp_path: Path) -> None:
    plant(tmp_path, {f"{n}": "x\ny\nx\nx\n" for n in range(7)})
    with workspace(tmp_path) as setting:
        whole = searching(setting, "x")
        found, offset = [], 0
        while True:
            page = searching(setting, "x", limit=4, offset=offset)
            found += page["matches"]
            if "next" not in page:
                break
            offset = page["next"]["offset"]
    assert found == whole["matches"]
    assert len(found) == 21


def test_a_page_has_a_size(tmp_path: Path) -> None:
    plant(tmp_path, {"a": f"{'x' * 300}\n" * 1000})
    with workspace(tmp_path) as setting:
        page = searching(setting, "x")
    assert PAGE_CHARACTERS < len(str(page)) < PAGE_CHARACTERS * 1.2
    assert page["next"] == {"offset": len(page["matches"])}


def test_names_only_counts_the_lines(tmp_path: Path) -> None:
    plant(tmp_path, {"a": "x x\nx\n", "b": "y", "c": "x"})
    with workspace(tmp_path) as setting:
        told = searching(setting, "x", names_only=True)
    assert told == {
        "matches": [{"path": "a", "matches": 2}, {"path": "c", "matches": 1}],
        "files_searched": 3,
    }


def test_what_is_hidden_is_not_searched(tmp_path: Path) -> None:
    """By its own name, by a hard link, through a link; nor are repositories and our state."""
    plant(tmp_path, {"key": "secret", ".git/a": "secret", ".handrail/a": "secret", "b": "secret"})
    (tmp_path / "hard").hardlink_to(tmp_path / "key")
    (tmp_path / "soft").symlink_to("key")
    (tmp_path / "folder").symlink_to(".git")
    os.mkfifo(tmp_path / "fifo")
    for searcher in (None, RIPGREP):
        with workspace(tmp_path, searcher=searcher, hidden=("key",)) as setting:
            assert paths(searching(setting, "secret", ignored=True)) == ["b"]


def test_a_pattern_that_takes_for_ever_ends_in_time(tmp_path: Path) -> None:
    plant(tmp_path, {"a": "xx1\n", "b": "x" * 60, "c": "xx1"})
    with workspace(tmp_path, seconds=0.3) as setting:
        told = searching(setting, r"(x+x+)+\d", regex=True)
    assert told == {
        "matches": [{"path": "a", "line": 1, "text": "xx1"}],
        "incomplete": True,
        "next": {"offset": 1},
        "files_searched": 2,
        "stopped_in": "b",
    }


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ("a(?=b)", "lookahead"),
        ("a(?!b)", "lookahead"),
        ("(?<=a)b", "lookbehind"),
        ("(?<!a)b", "lookbehind"),
        (r"(a)\1", "backreference"),
        ("(?P<n>a)(?P=n)", "backreference"),
        ("(?>a)", "atomic"),
        ("(a)(?(1)b|c)", "conditional"),
        ("(?#a)", "comment"),
        ("(?<n>a)", "named"),
        ("(?s).", "flags"),
        ("(?x:a)", "flags"),
        ("a(?i)b", "flags"),
        ("a++", "possessive"),
        ("a?+", "possessive"),
        ("a{1,2}+", "possessive"),
        ("a{,3}", "{,3}"),
        (r"a\Z", r"\Z"),
        (r"a\z", r"\z"),
        (r"\Aa", r"\A"),
        (r"\<a", r"\<"),
        (r"\p{L}", r"\p"),
        (r"a\nb", "end of a line"),
        (r"[\n]", "end of a line"),
        (r"a\x0ab", "end of a line"),
        ("[[:alpha:]]", "[:alpha:]"),
        ("[a[b]]", "[ inside"),
        ("[a-z&&b]", "set operation"),
        ("[a-z--b]", "set operation"),
        (r"\Kb", r"\K"),
        (r"[\Q]", r"\Q"),
        ("(a", "no regular expression"),
        ("a)", "no regular expression"),
        ("[a", "without its ]"),
        ("*a", "no regular expression"),
        ("a**", "no regular expression"),
        ("a{3,1}", "no regular expression"),
        ("a{99999999999}", "no regular expression"),
        ("", "empty"),
    ],
)
def test_what_only_one_of_them_reads_is_refused(tmp_path: Path, pattern: str, named: str) -> None:
    with workspace(tmp_path) as setting, pytest.raises(Refused) as refused:
        searching(setting, pattern, regex=True)
    told = refused.value.told
    assert (told["code"], told["field"]) == ("argument_invalid", "pattern")
    assert named in str(told["message"])


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (r"main\(\) {", "int main() {"),
        (r"\{\"a\"\}", '{"a"}'),
        (r"a/b\/c", "a/b/c"),
        ("^a$", "a"),
        (r"[]\[]", "["),
        ("(?i)abc", "ABC"),
        (r"a\sb", "a\u2003b"),
    ],
)
def test_what_both_read(tmp_path: Path, pattern: str, line: str) -> None:
    plant(tmp_path, {"a": f"-\n{line}\r\n-\n"})
    with workspace(tmp_path) as setting:
        assert [one["text"] for one in searching(setting, pattern, regex=True)["matches"]] == [line]
