"""Diffs that other tools apply, of any texts, and that stay small and quick."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.systems.files.diff import LONGEST_DIFF, diff
from handrail.systems.files.patch import apply

LINES = st.lists(st.sampled_from(["a", "b", "c", "  d", "", "é\t", "-- x", "++ y", "@@"]))
Tool = Callable[[Path, str, str], str]
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Lines with few different contents, some ended otherwise than the rest, or not at all."""
    lines = [f"{line}{draw(ENDS)}" for line in draw(LINES)]
    return "".join(lines).removesuffix("\n") if draw(st.booleans()) else "".join(lines)


def git_apply(folder: Path, before: str, patch: str) -> str:
    """What git makes of it."""
    file = folder / "f"
    file.write_bytes(before.encode())
    command = ["git", "apply", "--whitespace=nowarn", "-p1", "-"]
    subprocess.run(command, cwd=folder, input=patch.encode(), check=True)
    return file.read_bytes().decode()


def gnu_patch(folder: Path, before: str, patch: str) -> str:
    """What patch(1) makes of it."""
    file = folder / "g"
    file.write_bytes(before.encode())
    command = ["patch", "--binary", "-F0", "-s", str(file)]
    subprocess.run(command, cwd=folder, input=patch.encode(), check=True)
    return file.read_bytes().decode() if file.exists() else ""


@settings(max_examples=500)
@given(texts(), texts())
def test_a_diff_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    made = diff("f", before, after, longest=10**6)
    assert not made.is_cut
    if before == after:
        assert made.text == ""
    else:
        assert apply(before, made.text)[0] == after


@pytest.mark.parametrize("tool", [git_apply, gnu_patch])
def test_other_tools_take_our_diffs(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=60, deadline=None)
    @given(texts(), texts())
    def check(before: str, after: str) -> None:
        if before != after and before:
            made = diff("f", before, after, longest=10**6).text
            assert tool(folder, before, made) == after

    folder = tmp_path_factory.mktemp("tool")
    check()


def test_a_diff_looks_as_expected() -> None:
    before = "".join(f"{n}\n" for n in range(20))
    after = before.replace("5\n", "five\n", 1).removesuffix("19\n") + "19"
    assert diff("a b/c", before, after).text == (
        "--- a/a b/c\n+++ b/a b/c\n"
        "@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -17,4 +17,4 @@\n 16\n 17\n 18\n-19\n+19\n\\ No newline at end of file\n"
    )


def test_a_long_diff_is_cut_at_a_line() -> None:
    made = diff("f", "x\n" * 30_000, "y\n" * 30_000)
    assert made.is_cut
    assert len(made.text) <= LONGEST_DIFF + 100
    assert made.text.endswith("\n-x\n")


def test_one_long_line_shows_its_beginning() -> None:
    made = diff("f", "x" * 50_000, "y" * 50_000)
    assert made.is_cut
    assert len(made.text) <= LONGEST_DIFF + 100


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("".join(f"x\n{n}\n" for n in range(5_000)), "".join(f"x\n-{n}\n" for n in range(5_000))),
        ("\n" * 8_000_000, "x" + "\n" * 7_999_999 + "y"),
        ("a\nb\n" * 40_000, "b\na\n" * 40_000),
        ("".join(f"{n}\n" for n in range(50_000)), "".join(f"{n}\n" for n in range(50_000, 0, -1))),
    ],
    ids=["common lines everywhere", "many lines", "repeated", "reversed"],
)
def test_large_texts_do_not_take_long(before: str, after: str) -> None:
    start = time.process_time()
    assert diff("f", before, after).text
    assert time.process_time() - start < 15


def test_far_changes_of_a_large_text_are_hunks_of_their_own() -> None:
    lines = [f"line {n}\n" for n in range(40_000)]
    after = [*lines]
    after[5], after[39_000] = "five\n", "far\n"
    made = diff("f", "".join(lines), "".join(after)).text
    assert made.count("@@ -") == 2
    assert len(made) < 400
