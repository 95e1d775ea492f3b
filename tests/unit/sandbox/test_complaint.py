"""What programs print when something is kept from them, as they printed it under Landlock."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.sandbox.complaint import Complaint, complaints
from handrail.sandbox.want import UNDECIDED, Want

CWD = Path("/ws")
READ, WRITE, START = (Want.READ,), (Want.WRITE,), (Want.START,)
CREATE, REMOVE, MOVE = (Want.CREATE,), (Want.REMOVE,), (Want.MOVE,)

SAID = {
    "cat: /x/a: Permission denied": ("/x/a", READ),
    "ls: cannot open directory '/x': Permission denied": ("/x", READ),
    "cp: cannot create regular file 'new': Permission denied": ("/ws/new", CREATE),
    "cp: cannot open '/x/a' for reading: Permission denied": ("/x/a", READ),
    "mkdir: cannot create directory \u2018/x/a\u2019: Permission denied": ("/x/a", CREATE),
    "rm: cannot remove '/x/a': Permission denied": ("/x/a", REMOVE),
    "rmdir: failed to remove 'src': Permission denied": ("/ws/src", REMOVE),
    "ln: failed to create symbolic link 'l': Permission denied": ("/ws/l", CREATE),
    "tee: new.txt: Permission denied": ("/ws/new.txt", WRITE),
    "sed: couldn't open temporary file ./sedX: Permission denied": ("/ws/sedX", CREATE),
    "sort: open failed: new.txt: Permission denied": ("/ws/new.txt", UNDECIDED),
    "truncate: cannot open 'a' for writing: Permission denied": ("/ws/a", WRITE),
    "find: \u2018/x\u2019: Permission denied": ("/x", READ),
    "/bin/sh: 1: cannot create new.txt: Permission denied": ("/ws/new.txt", CREATE),
    "/bin/sh: 1: cannot open /x/a: Permission denied": ("/x/a", READ),
    "/bin/sh: 1: ./run.sh: Permission denied": ("/ws/run.sh", START),
    "/bin/sh: 1: exec: ./run: Permission denied": ("/ws/run", START),
    "bash: line 1: new.txt: Permission denied": ("/ws/new.txt", UNDECIDED),
    "bash: line 1: /x/two words: Permission denied": ("/x/two words", UNDECIDED),
    "env: \u2018./run.sh\u2019: Permission denied": ("/ws/run.sh", START),
    "xargs: ./run.sh: Permission denied": ("/ws/run.sh", START),
    "timeout: failed to run command \u2018./a\u2019: Permission denied": ("/ws/a", START),
    "PermissionError: [Errno 13] Permission denied: '/x/a'": ("/x/a", UNDECIDED),
    "E   PermissionError: [Errno 13] Permission denied: 'a b'": ("/ws/a b", UNDECIDED),
    "python3: can't open file '/x/a': [Errno 13] Permission denied": ("/x/a", READ),
    "fatal: Unable to create '/ws/.git/index.lock': Permission denied": (
        "/ws/.git/index.lock",
        CREATE,
    ),
    "fatal: cannot lock ref 'refs/heads/q': Unable to create "
    "'/ws/.git/refs/heads/q.lock': Permission denied": ("/ws/.git/refs/heads/q.lock", CREATE),
    "error: could not lock config file .git/config: Permission denied": ("/ws/.git/config", CREATE),
    "fatal: cannot mkdir /x/g: Permission denied": ("/x/g", CREATE),
    "fatal: could not open 'p' for writing: Permission denied": ("/ws/p", WRITE),
    "Error: EACCES: permission denied, open '/x/a'": ("/x/a", UNDECIDED),
    "Error: EACCES: permission denied, mkdir '/x/a'": ("/x/a", CREATE),
    "Error: spawnSync ./prog EACCES": ("/ws/prog", START),
    "/usr/bin/ld: cannot open output file prog: Permission denied": ("/ws/prog", WRITE),
    "tar: new.tar: Cannot open: Permission denied": ("/ws/new.tar", UNDECIDED),
    "     0Warning: Failed to open the file new.html: Permission denied": ("/ws/new.html", WRITE),
    'Can\'t open perl script "/x/a": Permission denied': ("/x/a", READ),
    'Saving key "/x/key" failed: Permission denied': ("/x/key", WRITE),
    'Can\'t open "/x/r" for writing, Permission denied': ("/x/r", WRITE),
    "patch: **** Can't open patch file /x/p : Permission denied": ("/x/p", READ),
    "awk: cannot open /x/a (Permission denied)": ("/x/a", READ),
    'awk: cannot open "new" for output (Permission denied)': ("/ws/new", WRITE),
    "mkdir /x/a: Permission denied at -e line 1.": ("/x/a", CREATE),
    "open /x/a: permission denied": ("/x/a", UNDECIDED),
    "fork/exec ./prog: permission denied": ("/ws/prog", START),
    "java.io.FileNotFoundException: /x/a (Permission denied)": ("/x/a", UNDECIDED),
    "java.nio.file.AccessDeniedException: /x/a": ("/x/a", UNDECIDED),
    'Cannot run program "./prog": error=13, Permission denied': ("/ws/prog", START),
    'error: couldn\'t create a temp dir: Permission denied (os error 13) at path "/ws/rm"': (
        "/ws/rm",
        CREATE,
    ),
    "touch: cannot touch '.git/a': Read-only file system": ("/ws/.git/a", WRITE),
    "cat: ../../etc/shadow: Permission denied": ("/etc/shadow", READ),
}


@pytest.mark.parametrize(("line", "path", "wants"), [(k, *v) for k, v in SAID.items()], ids=SAID)
def test_a_message_names_a_path_and_what_was_wanted(
    line: str, path: str, wants: tuple[Want, ...]
) -> None:
    complaint = one(line)

    assert complaint.paths[0] == Path(path)
    assert complaint.wants == wants
    assert complaint.line == line.strip()
    assert not complaint.absent


def test_rust_says_first_what_failed_and_then_why() -> None:
    said = (
        "error: failed to write /x/Cargo.lock\n\nCaused by:\n  failed to open: /x/Cargo.lock\n"
        "\nCaused by:\n  Permission denied (os error 13)\n"
    )
    complaint = one(said)

    assert complaint.paths == (Path("/x/Cargo.lock"),)
    assert complaint.line == "failed to open: /x/Cargo.lock: Permission denied (os error 13)"


def test_a_rename_is_about_both_names() -> None:
    said = "mv: cannot move '/x/a' to 'src/a': Permission denied"

    assert set(one(said).paths) == {Path("/x/a"), Path("/ws/src/a")}
    assert one(said).wants == MOVE
    assert one("PermissionError: [Errno 13] Permission denied: 'a' -> 'b'").wants == MOVE


def test_a_script_comes_before_its_interpreter() -> None:
    said = "bash: ./run.sh: /bin/sh: bad interpreter: Permission denied"

    assert one(said).paths == (Path("/ws/run.sh"), Path("/bin/sh"))


@pytest.mark.parametrize(
    "line",
    [
        "cat: /x/a: No such file or directory",
        "FileNotFoundError: [Errno 2] No such file or directory: '/x/a'",
        "cc1: fatal error: /x/a: No such file or directory",
        "Error: ENOENT: no such file or directory, open '/x/a'",
        "java.nio.file.NoSuchFileException: /x/a",
    ],
)
def test_what_is_not_there_is_told_apart(line: str) -> None:
    assert one(line).absent
    assert one(line).paths == (Path("/x/a"),)


@pytest.mark.parametrize(
    "line",
    [
        "all is well with /x/a",
        "cannot open: Permission denied at -e line 1.",
        "ping: socket: Permission denied",
        "chmod: changing permissions of '/x/a': Operation not permitted",
        "kill: (1) - Operation not permitted",
        "fatal: unable to access 'https://example.com/': Permission denied",
        "ssh: connect to host /x port 22: Permission denied",
        "bash: line 1: /dev/tcp/example.com/80: Permission denied",
        "cache.py:487: PytestCacheWarning: could not create cache path /x/a: Permission denied",
        "  code: 'EACCES',",
        "cat: /x/******/a: Permission denied",
        "cat: /x/\ufffd: Permission denied",
        "cat: '/x/\x1b[31m': Permission denied",
        "x" * 501 + " /x/a: Permission denied",
    ],
)
def test_other_lines_are_no_complaints(line: str) -> None:
    assert not list(complaints(line, CWD))


@pytest.mark.parametrize(
    "line", ["me@example.com: Permission denied (publickey).", "zip I/O error: Permission denied"]
)
def test_a_word_that_only_may_be_a_path_is_not_sure(line: str) -> None:
    assert not one(line).sure


def test_a_long_line_is_shown_in_part() -> None:
    complaint = one(f"cat: /x/{'a' * 400}: Permission denied")

    assert len(complaint.line) == 301
    assert complaint.line.endswith("a…")


def test_only_the_last_lines_are_read() -> None:
    said = "cat: /x/a: Permission denied\n" + "and so on\n" * 200

    assert not list(complaints(said, CWD))


def test_a_hostile_command_cannot_make_many_complaints() -> None:
    said = "cat: /x/a: Permission denied\n" * 200

    assert len(list(complaints(said, CWD))) == 50


def one(said: str) -> Complaint:
    (found,) = complaints(said, CWD)
    return found
