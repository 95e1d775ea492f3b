"""What can be opened below a folder, and that both ways to do so agree."""

from __future__ import annotations

import errno
import os
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handrail.process.zygote.beneath import (
    open_beneath,
    open_straight,
    walk_beneath,
    walk_straight,
)
from tests.conftest import open_descriptors

Open = Callable[[int, bytes, int], int]
ROOT = Path(__file__).parents[3]
BOTH = pytest.mark.parametrize("open_", [open_beneath, walk_beneath])
KINDS = [os.O_RDONLY, os.O_PATH, os.O_RDONLY | os.O_DIRECTORY, os.O_PATH | os.O_NOFOLLOW]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("secret")
    tree = tmp_path / "ws"
    (tree / "a" / "b" / "c").mkdir(parents=True)
    (tree / "file").write_text("file")
    (tree / "a" / "b" / "inner").write_text("inner")
    return tree


@pytest.fixture
def root(tree: Path) -> Iterator[int]:
    descriptor = os.open(tree, os.O_PATH)
    yield descriptor
    os.close(descriptor)


def read(open_: Open, root: int, path: str) -> str:
    with os.fdopen(open_(root, path.encode(), os.O_RDONLY)) as file:
        return file.read()


def refusal(open_: Open, root: int, path: str, flags: int = os.O_RDONLY) -> str:
    """The name of the error; a test without one fails, and leaks no descriptor."""
    before = list(open_descriptors())
    try:
        os.close(open_(root, path.encode(), flags))
    except OSError as error:
        assert list(open_descriptors()) == before
        return errno.errorcode[error.errno or 0]
    pytest.fail(f"{path} could be opened")


@BOTH
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("file", "file"),
        ("./file", "file"),
        ("a/b/inner", "inner"),
        ("a//b/./inner", "inner"),
        ("a/../file", "file"),
        ("a/b/c/../../../a/b/inner", "inner"),
    ],
)
def test_what_lies_below_is_opened(open_: Open, root: int, path: str, content: str) -> None:
    assert read(open_, root, path) == content


@BOTH
@pytest.mark.parametrize(
    ("link", "target", "path", "content"),
    [
        ("l", "file", "l", "file"),
        ("l", "a/b", "l/inner", "inner"),
        ("a/l", "../file", "a/l", "file"),
        ("a/b/l", "../../a", "a/b/l/b/l/b/inner", "inner"),
        ("l", "a/b/", "l/c/../inner", "inner"),
    ],
)
def test_links_that_stay_below_are_followed(
    open_: Open, root: int, tree: Path, link: str, target: str, path: str, content: str
) -> None:
    (tree / link).symlink_to(target)
    assert read(open_, root, path) == content


@BOTH
@pytest.mark.parametrize("path", ["", ".", "./", "a/..", "a/b/../.."])
def test_the_root_itself_is_opened(open_: Open, root: int, tree: Path, path: str) -> None:
    descriptor = open_(root, path.encode(), os.O_RDONLY | os.O_DIRECTORY)
    assert os.path.samestat(os.fstat(descriptor), tree.stat())
    with os.scandir(descriptor) as entries:
        assert sorted(entry.name for entry in entries) == ["a", "file"]
    os.close(descriptor)


@BOTH
@pytest.mark.parametrize("path", ["/", "/etc/passwd", "..", "../secret", "a/../../secret", "../ws"])
def test_a_path_that_leads_out_is_refused(open_: Open, root: int, path: str) -> None:
    assert refusal(open_, root, path) == "EXDEV"


@BOTH
@pytest.mark.parametrize("target", ["../secret", "..", "/", "/etc/passwd", "a/../..", "../ws/file"])
@pytest.mark.parametrize("path", ["l", "l/", "l/x", "a/../l"])
def test_a_link_that_leads_out_is_refused(
    open_: Open, root: int, tree: Path, target: str, path: str
) -> None:
    (tree / "l").symlink_to(target)
    assert refusal(open_, root, path) == "EXDEV"


@BOTH
def test_a_link_is_refused_even_if_it_leads_back_by_its_full_name(
    open_: Open, root: int, tree: Path
) -> None:
    (tree / "l").symlink_to(tree / "file")
    assert refusal(open_, root, "l") == "EXDEV"


@BOTH
@pytest.mark.parametrize("path", ["self/root/etc/passwd", "self/cwd", "self/exe", "self/fd/0"])
def test_magic_links_are_refused(open_: Open, path: str) -> None:
    proc = os.open("/proc", os.O_PATH)
    try:
        assert refusal(open_, proc, path) in {"ELOOP", "EXDEV", "ENOENT"}
        assert read(open_, proc, "self/comm")
    finally:
        os.close(proc)


@BOTH
def test_a_link_to_a_magic_link_is_refused(open_: Open, root: int, tree: Path) -> None:
    (tree / "l").symlink_to("/proc/self/cwd")
    assert refusal(open_, root, "l") == "EXDEV"


@BOTH
def test_links_that_lead_nowhere_are_refused(open_: Open, root: int, tree: Path) -> None:
    (tree / "self").symlink_to("self")
    (tree / "ping").symlink_to("pong")
    (tree / "pong").symlink_to("ping")
    (tree / "gone").symlink_to("nothing")
    assert [refusal(open_, root, path) for path in ("self", "ping/x")] == ["ELOOP", "ELOOP"]
    assert refusal(open_, root, "gone") == "ENOENT"


@BOTH
def test_forty_links_are_followed_and_no_more(open_: Open, root: int, tree: Path) -> None:
    (tree / "1").symlink_to("file")
    for number in range(2, 42):
        (tree / str(number)).symlink_to(str(number - 1))
    assert read(open_, root, "40") == "file"
    assert refusal(open_, root, "41") == "ELOOP"


@BOTH
@pytest.mark.parametrize(
    ("path", "flags", "why"),
    [
        ("none", os.O_RDONLY, "ENOENT"),
        ("none/..", os.O_RDONLY, "ENOENT"),
        ("file/", os.O_RDONLY, "ENOTDIR"),
        ("file/..", os.O_RDONLY, "ENOTDIR"),
        ("file", os.O_RDONLY | os.O_DIRECTORY, "ENOTDIR"),
        ("file", os.O_PATH | os.O_DIRECTORY, "ENOTDIR"),
        ("a", os.O_WRONLY, "EISDIR"),
        ("link", os.O_RDONLY | os.O_NOFOLLOW, "ELOOP"),
        ("a/\0/b", os.O_RDONLY, "EINVAL"),
        ("new", os.O_WRONLY | os.O_CREAT, "EINVAL"),
        (".", os.O_RDWR | os.O_TMPFILE, "EINVAL"),
        ("a/../" * 820, os.O_RDONLY, "ENAMETOOLONG"),
        ("n" * 256, os.O_RDONLY, "ENAMETOOLONG"),
    ],
)
def test_what_cannot_be_opened_says_why(
    open_: Open, root: int, tree: Path, path: str, flags: int, why: str
) -> None:
    (tree / "link").symlink_to("file")
    assert refusal(open_, root, path, flags) == why


@BOTH
def test_a_root_that_is_no_folder_is_refused(open_: Open, tree: Path) -> None:
    file = os.open(tree / "file", os.O_PATH)
    try:
        assert refusal(open_, file, "x") == "ENOTDIR"
    finally:
        os.close(file)
    assert refusal(open_, -1, "x") == "EBADF"


@BOTH
def test_what_is_opened_is_closed_on_exec(open_: Open, root: int) -> None:
    for path in (b"file", b"a", b""):
        for flags in (os.O_RDONLY, os.O_PATH):
            descriptor = open_(root, path, flags)
            assert not os.get_inheritable(descriptor)
            os.close(descriptor)


@BOTH
def test_a_link_itself_can_be_had(open_: Open, root: int, tree: Path) -> None:
    (tree / "out").symlink_to("/etc")
    descriptor = open_(root, b"out", os.O_PATH | os.O_NOFOLLOW)
    assert stat.S_ISLNK(os.fstat(descriptor).st_mode)
    assert os.readlink(b"", dir_fd=descriptor) == b"/etc"
    os.close(descriptor)


@BOTH
def test_a_file_is_written_through_it(open_: Open, root: int, tree: Path) -> None:
    (tree / "l").symlink_to("a/b/inner")
    with os.fdopen(open_(root, b"l", os.O_WRONLY | os.O_TRUNC), "w") as file:
        file.write("written")
    assert (tree / "a" / "b" / "inner").read_text() == "written"


# Refuses openat2(2) with the error in argv[1], by seccomp(2), and then opens by it.
WITHOUT_OPENAT2 = """
import ctypes, os, struct, sys
from handrail.process.zygote.beneath import open_beneath

code = b"".join(struct.pack("HBBI", *step) for step in [
    (0x20, 0, 0, 0),                               # load the number of the call
    (0x15, 0, 1, 437),                             # openat2?
    (0x06, 0, 0, 0x00050000 | int(sys.argv[1])),   # then this error
    (0x06, 0, 0, 0x7FFF0000),                      # else allow
])
code = ctypes.create_string_buffer(code, len(code))
program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(code))
prctl = ctypes.CDLL(None, use_errno=True).prctl
assert prctl(38, 1, 0, 0, 0) == 0 and prctl(22, 2, ctypes.c_char_p(program), 0, 0) == 0
root = os.open(sys.argv[2], os.O_PATH)
print(os.read(open_beneath(root, b"a/b/inner", os.O_RDONLY), 99).decode())
try:
    open_beneath(root, b"out", os.O_RDONLY)
except OSError as error:
    print(error.errno)
"""


@pytest.mark.parametrize("error", [errno.ENOSYS, errno.EPERM])
def test_without_openat2_it_walks(tree: Path, error: int) -> None:
    (tree / "out").symlink_to("../secret")
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_OPENAT2, str(error), str(tree)],
        env={"PYTHONPATH": ":".join([str(ROOT / "src"), *sys.path])},
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == ["inner", str(errno.EXDEV)]


def test_the_walk_comes_back_by_the_way_that_it_took(tree: Path) -> None:
    """Were `..` opened, it would lead to where the folder was moved meanwhile."""
    root = os.open(tree, os.O_PATH)
    elsewhere = tree.parent / "elsewhere"
    elsewhere.mkdir()
    (tree / "a" / "b" / "l").symlink_to("../../file")
    moved = MovedAt(tree / "a" / "b", elsewhere / "b")
    try:
        sys.setprofile(moved)
        content = read(walk_beneath, root, "a/b/l")
    finally:
        sys.setprofile(None)
        os.close(root)
    assert (moved.done, content) == (True, "file")


class MovedAt:
    """Moves a folder away at the moment that a link in it is read."""

    def __init__(self, folder: Path, to: Path) -> None:
        self.folder, self.to, self.done = folder, to, False

    def __call__(self, _frame: object, event: str, called: object) -> None:
        if event == "c_call" and called is os.readlink and not self.done:
            self.done = True
            self.folder.rename(self.to)


NAMES = ["a", "b", "c", "d"]


def grow(folder: Path, choose: random.Random, depth: int = 0) -> None:
    """A small tree at random: folders, files, and links to anywhere, with a secret beside it."""
    for name in NAMES:
        match choose.randrange(5 if depth < 3 else 3):
            case 0:
                (folder / name).write_text(str(folder / name))
            case 1 | 2:
                (folder / name).symlink_to(any_path(choose))
            case _:
                (folder / name).mkdir()
                grow(folder / name, choose, depth + 1)


def any_path(choose: random.Random) -> str:
    names = choose.choices([*NAMES, "..", ".", "", "none"], [4, 4, 4, 4, 4, 1, 1, 1], k=4)
    path = "/".join(names[: choose.randint(1, 4)])
    return path or "."


def found(open_: Open, root: int, path: str, flags: int) -> tuple[int, int] | str:
    """Which file it is, or why there is none."""
    try:
        descriptor = open_(root, path.encode(), flags)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    about = os.fstat(descriptor)
    os.close(descriptor)
    return about.st_dev, about.st_ino


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_agree_on_any_tree(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311  # the same trees each time, not a secret
    tree = tmp_path / "ws"
    tree.mkdir()
    grow(tree, choose)
    grow(tmp_path, choose, depth=3)
    inside = {(s.st_dev, s.st_ino) for s in map(os.lstat, [tree, *tree.rglob("*")])}
    root = os.open(tree, os.O_PATH)
    answers = set()
    for _ in range(300):
        path, flags = any_path(choose), choose.choice(KINDS)
        answer = found(open_beneath, root, path, flags)
        assert found(walk_beneath, root, path, flags) == answer, (path, flags)
        assert isinstance(answer, str) or answer in inside, (path, flags)
        answers.add(answer)
    os.close(root)
    assert {"EXDEV", "ENOENT"} < answers
    assert any(not isinstance(answer, str) for answer in answers)


@pytest.mark.parametrize("open_", [open_straight, walk_straight])
def test_a_straight_path_has_no_link_anywhere(
    tree: Path, open_: Callable[[bytes, int], int]
) -> None:
    (tree / "link").symlink_to("a")
    (tree / "last").symlink_to("file")
    for path in (Path("/"), tree, tree / "file", tree / "a" / "b"):
        opened = open_(os.fsencode(path), os.O_PATH)
        assert os.path.samestat(os.fstat(opened), path.stat())
        os.close(opened)
    for path in (tree / "link" / "b", tree / "link", tree / "last"):
        with pytest.raises(OSError, match=r"\[Errno (20|40)\]"):  # ENOTDIR, ELOOP
            open_(os.fsencode(path), os.O_PATH)
    with pytest.raises(FileNotFoundError):
        open_(os.fsencode(tree / "none" / "b"), os.O_PATH)
