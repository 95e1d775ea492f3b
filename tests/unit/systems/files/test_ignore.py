"""What .gitignore files leave out is what git leaves out."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.systems.files.ignore import MOST_RULE_BYTES, Rules
from tests.unit.systems.files.searching import finding, listing, paths, plant, workspace

NAMES = ("a", "b", "ab", "a b", "*", "b*", "é", "]", "aa", "ba ", "#a", "!a", "-", "\\", "[a", ".a")
PARTS = (
    *("a", "b", "ab", "*", "**", "/", "**/", "/**", "?", "[ab]", "[!a]", "\\*", " ", "\\ ", "!"),
    *("#", "[", "]", "-", "[a-b]", "[b-a]", "[[:alpha:]]", "[[:x:]]", "[[:]", "\\", "é", "[]a]"),
    *("[a", "[^a-]", "\t", "\r", ".", "[\\]]", "{a,b}", "[é]", "[/]", "\\/", "[a-é]"),
)
LINES = st.lists(st.sampled_from(PARTS), max_size=6).map("".join)
RULES = st.lists(LINES, max_size=4).map("\n".join)


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    """A tree with every odd name on three levels; half of them folders."""
    root = Path(tempfile.mkdtemp(prefix="handrail-ignore-"))
    subprocess.run(["git", "init", "--quiet", root], check=True)
    chance = random.Random(5)  # noqa: S311  # any tree will do, as long as it is always the same
    folders = [root]
    for level in range(3):
        below = []
        for folder in folders:
            for name in NAMES if level < 1 else chance.sample(NAMES, 6):
                if level < 2 and chance.random() < 0.5:
                    (folder / name).mkdir()
                    below.append(folder / name)
                else:
                    (folder / name).touch()
        folders = below
    yield root
    shutil.rmtree(root)


def seen_by_git(root: Path) -> set[str]:
    """Untracked files that are not ignored."""
    command = ["git", "ls-files", "-z", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    return set(done.stdout.decode().split("\0")) - {""}


def seen_by_us(root: Path) -> set[str]:
    with workspace(root) as setting:
        pages = [finding(setting, "**", kind="file", offset=at) for at in (0, 1000)]
    return {path for page in pages for path in paths(page)}


@settings(max_examples=300, deadline=None)
@given(top=RULES, below=RULES, excluded=RULES)
def test_git_sees_the_same_files(repository: Path, top: str, below: str, excluded: str) -> None:
    folder = next(
        one for one in sorted(repository.iterdir()) if one.is_dir() and one.name != ".git"
    )
    plant(
        repository,
        {".gitignore": top, f"{folder.name}/.gitignore": below, ".git/info/exclude": excluded},
    )
    assert seen_by_us(repository) == seen_by_git(repository)


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ("*\n!*/\n!*.py", ["a.py", "d/b.py"]),
        ("/a.py\nd/", ["x.txt"]),
        ("d/*\n!d/b.py", ["a.py", "d/b.py", "x.txt"]),
        ("d/\n!d/b.py", ["a.py", "x.txt"]),
        ("\ufeffx.txt\r\n# a.py\r\n", ["a.py", "d/b.py"]),
        ("**/b.py", ["a.py", "x.txt"]),
    ],
)
def test_the_usual_ways_to_write_them(tmp_path: Path, rules: str, left: list[str]) -> None:
    plant(tmp_path, {"a.py": "", "d/b.py": "", "x.txt": "", ".gitignore": rules})
    assert seen_by_us(tmp_path) - {".gitignore"} == set(left)


def test_rules_hold_from_the_workspace_down_to_where_we_look(tmp_path: Path) -> None:
    plant(
        tmp_path,
        {
            ".gitignore": "*.o\n/lib/deep/x",
            "lib/.gitignore": "!keep.o",
            "lib/deep/": "",
            "lib/deep/a.o": "",
            "lib/deep/keep.o": "",
            "lib/deep/x": "",
            "lib/deep/y": "",
        },
    )
    with workspace(tmp_path) as setting:
        assert paths(listing(setting, path="./lib/deep")) == ["lib/deep/keep.o", "lib/deep/y"]
        every = listing(setting, path="./lib/deep", ignored=True)["entries"]
    assert {one["path"][9:]: one.get("ignored", False) for one in every} == {
        "a.o": True,
        "keep.o": False,
        "x": True,
        "y": False,
    }


def test_a_rule_file_that_is_a_link_says_nothing(tmp_path: Path) -> None:
    plant(tmp_path, {"rules": "a", "a": ""})
    (tmp_path / ".gitignore").symlink_to("rules")
    assert "a" in seen_by_us(tmp_path)


def test_rules_that_never_end_are_read_in_part(tmp_path: Path) -> None:
    plant(tmp_path, {"a": "", "b": "", ".gitignore": "a\n" + "#" * MOST_RULE_BYTES + "\nb\n"})
    assert seen_by_us(tmp_path) == {"b", ".gitignore"}


def test_no_rule_makes_the_matcher_go_back_and_back(tmp_path: Path) -> None:
    """Each of these takes hours when every way to match is tried."""
    stars, folders = "*a" * 40 + "b", "**/a/" * 40 + "b"
    rules = Rules.of("", f"{stars}\n{folders}\n".encode())
    assert rules is not None
    long, deep = "a" * 255, "/".join("a" * 200)
    assert rules.say(long, long, is_folder=False) is None
    assert rules.say(deep, "a", is_folder=False) is None
