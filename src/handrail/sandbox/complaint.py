"""What a command says when something is kept from it: the path, and what it wanted there.

There is no standard for such messages. What is here was collected from the programs
themselves: coreutils, shells, git, tar, curl, compilers, Python, Node, Go, Rust, Java.
"""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Want(StrEnum):
    """What can be wanted of a path. CREATE may mean to write to what is there already."""

    READ = "reading"
    WRITE = "writing"
    START = "starting"
    CREATE = "creating"
    REMOVE = "removing"
    MOVE = "moving"


UNDECIDED = (Want.READ, Want.WRITE, Want.START)

# Landlock says EACCES, a mount that is read-only EROFS. EPERM is never about our rules for files.
_DENIED = re.compile(r"permission denied|\bEACCES\b|\bAccessDeniedException\b", re.IGNORECASE)
_FIXED = re.compile(r"read-only file ?system|\bEROFS\b", re.IGNORECASE)
_ABSENT = re.compile(r"no such file|\bENOENT\b|\bNoSuchFileException\b", re.IGNORECASE)
# Of sockets, not of files; and a warning of Python, which is not why anything failed.
_NO_FILE = re.compile(r"\bsockets?\b|\bconnect|/dev/(?:tcp|udp)/|[a-z]Warning:")

_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"|‘([^’\n]+)’|`([^`'\n]+)[`']")  # noqa: RUF001  # as coreutils quotes
_TWO_NAMES = re.compile(r"['’\"] (?:to|->) ['‘\"]")  # noqa: RUF001  # as coreutils quotes
_VERB = r"(?:cannot|can't|couldn't|could not|failed|unable)"
_NO_NAME = re.compile(
    rf"\[\w+ \d+\]|error=\d+|{_VERB}(?: \w+)?|bad interpreter|caused by|E[A-Z]+", re.IGNORECASE
)
_SHELL = re.compile(r"^\S*\b(?:ba|da|z|k|a)?sh: (?:line )?\d+: ")

# The first that a line bears decides.
_WANTS = (
    (Want.START, re.compile(r"bad interpreter|\b(?:fork/)?exec\w*\b|\brun\b|\bspawn", re.I)),
    (Want.START, re.compile(r"^\S*\b(?:env|xargs|nice|nohup|setsid|timeout|stdbuf): ")),
    (Want.START, re.compile(r"^\S*\b(?:da|a)?sh: \d+: (?!cannot )[^:]+: ")),
    (Want.MOVE, re.compile(r"\b(?:move|rename)\b", re.I)),
    (Want.REMOVE, re.compile(r"\b(?:remove|unlink|rmdir|delete)\b", re.I)),
    (Want.CREATE, re.compile(r"\b(?:create|mkdir|touch|\w*link|temp\w*|mk[ds]temp|lock)\b", re.I)),
    (Want.CREATE, re.compile(r"^\S*\b(?:tee|gzip|bzip2|xz|zstd): ")),
    (Want.CREATE, re.compile(r"for (?:writing|output)|output file|\b(?:writ\w+|sav\w+)\b", re.I)),
    (Want.CREATE, re.compile(r"Failed to open the file ")),
    (Want.WRITE, re.compile(r"\btruncat\w*|\bappend", re.I)),
    (Want.READ, re.compile(r"for reading|directory|\bread\w*|\b(?:opendir|scandir)\b", re.I)),
    (Want.READ, re.compile(r"can't open (?:file|patch file|perl script)|awk: cannot open", re.I)),
    (
        Want.READ,
        re.compile(r"^\S*\b(?:cat|cmp|cut|diff|du|file|find|[ef]?grep|head|less|ls|nl|od|tail): "),
    ),
    (Want.READ, re.compile(r"^\S*\b(?:cksum|md5sum|rg|sha\d+sum|sort|strings|tac|uniq|wc|xxd): ")),
)
_MOST_LINES = 200
_LONGEST_LINE = 1000
_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line, and the paths it may be about, the likelier one first.

    `absent`: it says that there is no such thing. `sure`: these are paths; otherwise a word of
    the line may only look like one.
    """

    line: str
    paths: tuple[Path, ...]
    wants: tuple[Want, ...]
    absent: bool
    sure: bool


def complaints(said: str, cwd: Path) -> Iterator[Complaint]:
    """The last lines of `said` that complain; relative paths in them are below `cwd`."""
    before = ""
    for line in (line.strip() for line in said.splitlines()[-_MOST_LINES:]):
        if len(line) > _LONGEST_LINE or not line or line.lower() == "caused by:":
            continue
        found = _DENIED.search(line) or _FIXED.search(line) or _ABSENT.search(line)
        if found is not None and _NO_FILE.search(line) is None:
            yield from _complaint(line, found, before, cwd)
        before = line


def _complaint(line: str, reason: re.Match[str], before: str, cwd: Path) -> Iterator[Complaint]:
    names, words = _names(line, reason)
    if not names and line.startswith(reason[0]):  # Rust says what failed on the line before
        names, words = _names(before, None)
        line = f"{before}: {line}"
    names = tuple(name for name in names if _is_name(name))
    if not names:
        return
    wants = (Want.WRITE,) if _FIXED.fullmatch(reason[0]) else _wants(words)
    yield Complaint(
        line=line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…",
        paths=tuple(Path(os.path.normpath(cwd / name)) for name in names),
        wants=wants,
        absent=_ABSENT.fullmatch(reason[0]) is not None,
        sure="/" in names[0] or bool(_QUOTED.search(line)) or bool(_SHELL.search(line)),
    )


def _names(line: str, reason: re.Match[str] | None) -> tuple[tuple[str, ...], str]:
    """What a line names, the name beside the `reason` first; and the line without those names."""
    start, end = reason.span() if reason else (len(line), len(line))
    quoted = sorted(_QUOTED.finditer(line), key=lambda name: _gap(name.span(), (start, end)))
    words = _QUOTED.sub("''", line)
    if quoted:
        names = [next(filter(None, name.groups())) for name in quoted]
        return tuple(names[: 2 if _TWO_NAMES.search(line) else 1]), words
    after = re.match(r"[:,]? (?:\w+ )?(/\S+)", line[end:])
    if after is not None:
        return (after[1],), line.replace(after[1], "''")
    pieces = line[:start].rstrip(" :(,").split(": ")
    names = [piece.strip() for piece in pieces if not _NO_NAME.fullmatch(piece.strip())]
    if not names or (len(pieces) == 1 and reason is not None and not names[0].startswith("/")):
        names = names if names and "/" in names[0] else []
    if "bad interpreter" in line:
        return tuple(map(_path_in, names[-2:])), line
    found = tuple(map(_path_in, names[-1:]))
    return found, line.replace(found[0], "''") if found else line


def _path_in(piece: str) -> str:
    """The path that ends a piece of a line: `cannot create x`, but `/a file` as a whole."""
    start = re.search(r"(?:^|\s)(?=\.{0,2}/)", piece)
    return piece[start.start() :].strip() if start else piece.rpartition(" ")[2]


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(one[0] - other[1], other[0] - one[1])


def _is_name(name: str) -> bool:
    # Asterisks stand for a hidden value, and U+FFFD for a byte: the path is another.
    strange = "://" in name or "******" in name or "\ufffd" in name
    return name.isprintable() and not strange and not name.startswith(("-", "$"))


def _wants(words: str) -> tuple[Want, ...]:
    decided = (want for want, pattern in _WANTS if pattern.search(words))
    first = next(decided, None)
    return UNDECIDED if first is None else (first,)
