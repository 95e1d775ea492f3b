"""Patches apply exactly or not at all, and say which hunk does not, and why."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from handrail.systems.files.diff import diff, lines_of
from handrail.systems.files.patch import apply
from handrail.systems.files.refused import Refused
from tests.unit.systems.files.test_diff import texts

TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
PATCH = "@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n"
CHANGED = TEXT.replace("three", "3")
SECOND = "@@ -8,2 +8,3 @@\n eight\n+8.5\n nine\n"


def refusal(text: str, patch: str) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        apply(text, patch)
    assert refused.value.told["code"] == "argument_invalid"
    assert refused.value.told["field"] == "patch"
    assert refused.value.told["hint"]
    return refused.value.told


def why(text: str, patch: str) -> str:
    return str(refusal(text, patch)["message"])


def git_diff(folder: Path, before: str, after: str) -> str:
    """As git writes it of two files, with `-U` 1."""
    for name, content in (("a", before), ("b", after)):
        (folder / name).write_bytes(content.encode())
    command = ["git", "-c", "core.autocrlf=false", "diff", "--no-index", "-U1", "a", "b"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout.decode()


def plain_diff(folder: Path, before: str, after: str) -> str:
    """As diff(1) writes it."""
    for name, content in (("a", before), ("b", after)):
        (folder / name).write_bytes(content.encode())
    command = ["diff", "--text", "-u", "a", "b"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout.decode()


@pytest.mark.parametrize("tool", [git_diff, plain_diff])
def test_diffs_of_other_tools_apply(tool: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=100, deadline=None)
    @given(texts(), texts())
    def check(before: str, after: str) -> None:
        assume(before != after)
        assert apply(before, tool(folder, before, after))[0] == after

    folder = tmp_path_factory.mktemp("diffs")
    check()


@settings(max_examples=400)
@given(texts(), texts(), st.data())
def test_a_patch_with_another_line_of_context_is_never_applied(
    before: str, after: str, data: st.DataObject
) -> None:
    patch = lines_of(diff("f", before, after, longest=10**6).text)
    held = [n for n, line in enumerate(patch) if n > 1 and line.startswith((" ", "-"))]
    assume(held)
    at = data.draw(st.sampled_from(held))
    patch[at] = f"{patch[at][0]}corrupt {patch[at][1:]}"
    assert "does not apply" in why(before, "".join(patch))


@settings(max_examples=200)
@given(texts(), texts(), st.integers(0, 5))
def test_lines_that_came_before_move_a_patch(before: str, after: str, more: int) -> None:
    assume(before != after and before)
    lead = "".join(f"lead {n}\n" for n in range(more))
    patch = diff("f", before, after, longest=10**6).text
    try:
        moved, _ = apply(lead + before, patch)
    except Refused as refused:
        # The same lines stand in several places: it is not known which.
        assert "several other places" in str(refused) or "earlier hunk" in str(refused)
        return
    if len(set(lines_of(before))) == len(lines_of(before)):
        assert moved == lead + after


@pytest.mark.parametrize(
    "patch",
    [
        PATCH,
        PATCH.removesuffix("\n"),
        f"--- a/x\n+++ b/x\n{PATCH}",
        f"--- x.orig\t2026-01-31 12:00:00\n+++ x\t2026-01-31\n{PATCH}",
        f"diff --git a/x b/x\nindex 12..34 100644\n--- a/x\n+++ b/x\n{PATCH}-- \n2.39.0\n",
        f"From 12 Mon\nSubject: [PATCH] x\n\n---\n x | 2 +-\n\n{PATCH}",
        PATCH.replace("\n", "\r\n"),
        "@@ -40,3 +41,3 @@ def f():\n two\n-three\n+3\n four\n",
        "@@ -3 +3 @@\n-three\n+3\n",
    ],
    ids=["bare", "unended", "headers", "times", "git", "mail", "crlf", "moved", "no context"],
)
def test_a_patch_is_taken_in_many_forms(patch: str) -> None:
    assert apply(TEXT, patch) == (CHANGED, 1)


def test_lines_keep_their_ends() -> None:
    windows = TEXT.replace("\n", "\r\n")
    assert apply(windows, PATCH)[0] == CHANGED.replace("\n", "\r\n")
    mixed = TEXT.replace("nine\n", "nine\r\n")
    assert apply(mixed, PATCH)[0] == CHANGED.replace("nine\n", "nine\r\n")


def test_a_byte_order_mark_stays() -> None:
    patch = "@@ -1,2 +1,3 @@\n+zero\n one\n two\n"
    assert apply(f"\ufeff{TEXT}", patch)[0] == f"\ufeffzero\n{TEXT}"


def test_a_context_line_may_have_lost_its_space() -> None:
    assert apply("a\n\nb\n", "@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n")[0] == "a\n\nc\n"


def test_all_hunks_apply_or_none() -> None:
    assert apply(TEXT, PATCH + SECOND) == (CHANGED.replace("eight\n", "eight\n8.5\n"), 2)
    said = why(TEXT, PATCH + SECOND.replace("nine", "none"))
    assert "hunk 2 of 2, expected at line 8" in said
    assert 'line 9 should be "none", and is "nine"' in said
    assert "Of 2 hunks, 1 would apply. Nothing is changed" in said


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("", "no hunk"),
        ("@@ @@\n-three\n+3\n", "no line numbers"),
        (PATCH.replace("-2,3", "-2,4"), "has 3 old and 3 new lines"),
        (PATCH.replace("-2,3", "-2,2"), "has 3 old and 3 new lines"),
        (PATCH.removesuffix(" four\n"), "has 2 old and 2 new lines"),
        (f"{PATCH}+more\n", "has 3 old and 4 new lines"),
        (f"--- a/x\n+++ b/x\n{PATCH}--- a/y\n+++ b/y\n{SECOND}", "several files"),
        (f"diff --git a/x b/x\n{PATCH}diff --git a/y b/y\nnew mode 100755\n", "several files"),
        (f"--- /dev/null\n+++ b/x\n{PATCH}", "makes a file"),
        (f"--- a/x\n+++ /dev/null\n{PATCH}", "deletes the file"),
        (f"rename from x\nrename to y\n{PATCH}", "rename from"),
        ("Binary files a/x and b/x differ\n", "Binary files"),
        ("@@ -2,0 +3 @@\n+new\n", "no line of context"),
        ("@@ -2,1 +2,1 @@\n two\n", "changes nothing"),
        ("@@ -1,2 +1,2 @@\n two\n\\ No newline\n-three\n+3\n", "behind the end"),
        ("@@ -10 +10 @@\n-ten\n\\ No newline at end of file\n+10\n", "is not the end of the file"),
        ("@@ -10,2 +10,2 @@\n ten\n-eleven\n+11\n", "the file ends before it"),
        (SECOND + PATCH, "before those of an earlier hunk"),
        ("@@ -3 +3 @@\n-two \n+2\n", "differ only in white space"),
    ],
)
def test_what_is_wrong_is_said(patch: str, said: str) -> None:
    assert said in why(TEXT, patch)


def test_a_header_that_miscounts_is_corrected() -> None:
    told = refusal(TEXT, PATCH.replace("-2,3 +2,3", "-2,9 +2,8"))
    assert "@@ -2,3 +2,3 @@" in told["hint"]


def test_a_hunk_that_fits_at_several_places_goes_where_it_says_or_nowhere() -> None:
    text, patch = "x\ny\n" * 3, "@@ -{} +{} @@\n-y\n+z\n"
    assert apply(text, patch.format(4, 4))[0] == "x\ny\nx\nz\nx\ny\n"
    assert "several other places (lines 2, 4, 6)" in why(text, patch.format(3, 3))


def test_a_missing_newline_at_the_end_is_told() -> None:
    assert "without a newline at its end" in why("a\nb", "@@ -2 +2 @@\n-b\n+c\n")


def test_an_empty_file_is_filled() -> None:
    assert apply("", "@@ -0,0 +1,2 @@\n+a\n+b\n") == ("a\nb\n", 1)
