"""What git sees in a configuration file, we see: a key that is missed would be a way past us."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.plan.git.config import Entry, Unreadable, parse

PARTS = st.sampled_from(
    [
        '[filter "x"]',
        "[filter.x]",
        '[FILTER "X"]',
        '[a "b\\"c"]',
        '[a "b\\\\c"]',
        "[a.B.c]",
        "[core]",
        "[ core ]",
        '[a ""]',
        "[a",
        "]",
        "[]",
        '["x"]',
        "clean",
        "Clean = touch",
        "=",
        " = ",
        'x = "quoted # no comment"',
        "y = a\\\nb",
        'z = "a\\\n b"',
        "\\",
        '"',
        "#",
        ";",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        "a-b = 1",
        "1x = 2",
        "-x = 3",
        "x.y = 4",
        "\ufeff",
        "é = 1",
        "[é]",
        "v = é",
        'fsmonitor = sh -c "id"',
        "fsmonitor",
        "t = \\t\\n\\b\\x",
        "w = a  b  ",
        "include",
        '[x "a]b"]',
    ]
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)


def as_git_says(file: Path) -> list[tuple[str, str | None]] | None:
    """What git reads of the file; None when it refuses to."""
    done = subprocess.run(
        ["git", "config", "--list", "-z", "--no-includes", "--file", str(file)],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    lines = [line for line in done.stdout.split(b"\0") if line]
    pairs = [line.partition("\n") for line in map(_text, lines)]
    return [(key, value if has else None) for key, has, value in pairs]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def as_we_say(raw: bytes) -> list[tuple[str, str | None]] | None:
    try:
        return [(entry.name, entry.value) for entry in parse(raw)]
    except Unreadable:
        return None


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TEXTS)
def test_every_key_that_git_sees_is_seen(tmp_path: Path, text: str) -> None:
    raw = text.encode()
    (tmp_path / "config").write_bytes(raw)
    git, ours = as_git_says(tmp_path / "config"), as_we_say(raw)
    if git is None:
        return  # git refuses to run at all there; refusing more or less does no harm
    assert ours is None or [name for name, _ in ours] == [name for name, _ in git]


def test_a_file_of_the_usual_kind_is_read_whole(tmp_path: Path) -> None:
    text = '[core]\n\tbare = false ; no\n[filter "lfs"]\n\tclean = git-lfs "a b" # x\n\trequired\n'
    (tmp_path / "config").write_text(text)
    expected = [
        Entry("core.bare", "false"),
        Entry("filter.lfs.clean", "git-lfs a b"),
        Entry("filter.lfs.required", None),
    ]
    assert list(parse(text.encode())) == expected
    assert as_git_says(tmp_path / "config") == [(one.name, one.value) for one in expected]


@pytest.mark.parametrize("raw", [b"[a]\n\0x = 1\n", b"[a\n", b'x = 1 = "\n'])
def test_what_git_would_not_read_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        list(parse(raw))
