"""What git writes for programs is read as it is meant, and nothing in it is taken for more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail.mcp.git.fields import below
from handrail.mcp.git.formats import read
from handrail.spec.names import ParseName
from handrail.spec.tool import CommandSpec

HASH = "0123456789abcdef0123456789abcdef01234567"
KINDS = ["blame", "branches", "diff", "grep", "log", "show", "status", "tags"]
COMMIT = f"{HASH}\0{HASH}\0Ada\0ada@example.com\x002026-01-31T12:00:00+01:00\0Subject\0Body\n\0"


def told(kind: str, raw: str | bytes) -> str:
    """The lines for a model."""
    reading = read(kind, raw.encode() if isinstance(raw, str) else raw)
    return "\n".join(reading.tell(reading.value))


def value(kind: str, raw: str | bytes) -> dict[str, Any]:
    return read(kind, raw.encode() if isinstance(raw, str) else raw).value


def test_a_status_has_the_branch_and_every_kind_of_entry() -> None:
    modes = "N... 100644 100644 100644"
    raw = "\0".join(
        [
            f"# branch.oid {HASH}",
            "# branch.head main",
            "# branch.upstream origin/main",
            "# branch.ab +2 -1",
            "# stash 3",
            f"1 .M {modes} {HASH} {HASH} with space",
            f"2 R. {modes} {HASH} {HASH} R100 new",
            "old",
            f"u AA N... 100644 100644 100644 100644 {HASH} {HASH} {HASH} both",
            f"1 .M SCMU 160000 160000 160000 {HASH} {HASH} sub",
            "? ? new",
            "! ignored",
            "",
        ]
    )
    assert value("status", raw) == {
        "branch": "main",
        "commit": HASH,
        "upstream": "origin/main",
        "ahead": 2,
        "behind": 1,
        "stashes": 3,
        "entries": [
            {"path": "with space", "worktree": "modified"},
            {"from": "old", "path": "new", "index": "renamed"},
            {"path": "both", "conflict": "both added"},
            {
                "path": "sub",
                "worktree": "modified",
                "submodule": ["new commits", "modified content", "untracked content"],
            },
            {"path": "? new", "worktree": "untracked"},
            {"path": "ignored", "worktree": "ignored"},
        ],
    }
    assert told("status", raw).splitlines()[:3] == [
        "On branch main; 2 ahead of and 1 behind origin/main; stashes: 3",
        " M with space",
        "R  new <- old",
    ]


def test_a_log_reads_counts_only_where_git_writes_them() -> None:
    spoof = COMMIT.replace("Body\n", "1\t2\tnot a file\n")
    raw = f"{spoof}\0\n1\t2\ta\x00-\t-\tb\x003\t0\t\0from\0to\0{COMMIT}\0"
    first, second = value("log", raw)["commits"]
    assert first["body"] == "1\t2\tnot a file"
    assert first["files"] == [
        {"path": "a", "added": 1, "deleted": 2},
        {"path": "b", "binary": True},
        {"from": "from", "path": "to", "added": 3, "deleted": 0},
    ]
    assert "files" not in second


def test_text_of_a_repository_cannot_act_on_a_terminal() -> None:
    raw = COMMIT.replace("Subject", "\x1b[2Jevil\u202e").replace("Ada", "A\x07a")
    assert value("log", f"{raw}\0")["commits"][0]["subject"] == "evil\\u{202e}"
    assert not {"\x1b", "\x07", "\u202e"} & set(told("log", f"{raw}\0"))


def test_a_patch_is_cut_at_its_files_and_not_at_what_they_hold() -> None:
    patch = (
        "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1,2 @@ def f():\n one\n+diff --git a/x b/x\n"
        "diff --git a/l b/l\ndeleted file mode 100644\ndiff --git a/l b/l\nnew file mode 120000\n"
    )
    raw = (
        f":100644 100644 {HASH} {HASH} M\0a\0::100644 100644 100644 1 2 3 MM\0both\0"
        f":100644 120000 {HASH} {HASH} T\0l\x001\t0\ta\x001\t1\tl\0\0{patch}"
    )
    reading = read("diff", raw.encode())
    assert reading.value["files"] == [
        {
            "path": "a",
            "status": "modified",
            "added": 1,
            "deleted": 0,
            "hunks": [{"old": [1, 1], "new": [1, 2], "heading": "def f():"}],
        },
        {"path": "both", "status": "conflict"},
        {"path": "l", "status": "type changed", "added": 1, "deleted": 1},
    ]
    parts = [raw.encode()[start:end].decode() for start, end in reading.spans]
    assert parts[0].endswith("+diff --git a/x b/x\n")
    assert parts[1] == ""
    assert parts[2].count("diff --git") == 2


def test_a_file_of_a_commit_is_its_content() -> None:
    reading = read("show", b"plain\n")
    assert (reading.value, reading.spans) == ({"bytes": 6, "binary": False}, [(0, 6)])
    assert told("show", b"\0\1") == "A binary file of 2 bytes."


def test_a_match_may_be_in_a_file_whose_name_has_line_ends() -> None:
    raw = b"a\nb:1\x007\0one:two\nlast\x001\0no end"
    assert value("grep", raw)["matches"] == [
        {"path": r"a\nb:1", "odd": True, "line": 7, "text": "one:two"},
        {"path": "last", "line": 1, "text": "no end"},
    ]


def test_blame_names_each_commit_once() -> None:
    raw = (
        f"{HASH} 1 1 2\nauthor Ada\nauthor-mail <a@b>\nauthor-time 0\nauthor-tz -0130\n"
        f"summary Why\nboundary\nfilename x\n\tone\n{HASH} 2 2\n\t\ttwo\n"
    )
    name = HASH[:12]
    assert value("blame", raw) == {
        "commits": {
            name: {
                "author": "Ada",
                "email": "a@b",
                "date": "1969-12-31T22:30:00-01:30",
                "subject": "Why",
            }
        },
        "lines": [
            {"line": 1, "commit": name, "text": "one"},
            {"line": 2, "commit": name, "text": "\ttwo"},
        ],
    }
    assert told("blame", raw).count("Why") == 1


def test_branches_say_what_they_follow() -> None:
    row = "\0".join(
        ["*", "refs/heads/a/b", HASH, "origin/x", "ahead 1, behind 2", "2026", "Ada", "S", "\n"]
    )
    gone = "\0".join([" ", "refs/remotes/o/c", HASH, "o/y", "gone", "", "", "", "\n"])
    assert value("branches", row + gone)["branches"] == [
        {
            "name": "a/b",
            "current": True,
            "commit": HASH,
            "upstream": "origin/x",
            "ahead": 1,
            "behind": 2,
            "date": "2026",
            "author": "Ada",
            "subject": "S",
        },
        {
            "name": "o/c",
            "remote": True,
            "commit": HASH,
            "upstream": "o/y",
            "upstream_is_gone": True,
        },
    ]


def test_names_are_told_from_the_workspace_on() -> None:
    found = {"entries": [{"path": "a", "from": "b"}], "other": "c"}
    assert below(found, "sub") == {"entries": [{"path": "sub/a", "from": "sub/b"}], "other": "c"}


@pytest.mark.parametrize("kind", KINDS)
@given(raw=st.binary(max_size=200))
@example(raw=b"\tof no commit")
def test_any_bytes_are_read_or_refused(kind: str, raw: bytes) -> None:
    for some in (raw, COMMIT.encode() + raw, f":1 1 {HASH} {HASH} M\0a\0".encode() + raw):
        try:
            reading = read(kind, some)
        except ValueError:
            continue
        json.dumps(reading.value, ensure_ascii=False).encode()
        "\n".join(reading.tell(reading.value)).encode()


def test_every_kind_can_be_declared() -> None:
    keys: dict[str, Any] = {"name": "t", "description": "A tool.", "program": "git"}
    for kind in KINDS:
        declared: ParseName = f"git:{kind}"
        assert CommandSpec.model_validate({**keys, "parse": declared}).parse == declared
    with pytest.raises(ValueError, match="not a way to parse"):
        CommandSpec.model_validate({**keys, "parse": "git:push"})
