"""What a command says when something is kept from it: which line, and which path."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from handrail.sandbox.want import Want, wanted

# Landlock says EACCES, a read-only mount EROFS. EPERM is never about our rules for files.
_REASON = re.compile(
    r"(?P<denied>permission denied|\bEACCES\b|\bAccessDeniedException\b)"
    r"|(?P<fixed>read-only file ?system|\bEROFS\b)"
    r"|(?P<absent>no such file|\bENOENT\b|\bNoSuchFileException\b)",
    re.IGNORECASE,
)
# Of sockets, not of files; or a warning of Python, which is not why anything failed.
_NO_FILE = re.compile(r"\bsockets?\b|\bconnect|/dev/(?:tcp|udp)/|[a-z]Warning:")

# Quotes as C, TeX and Unicode have them; no apostrophe, as in "can't".
_QUOTED = re.compile(
    r"(?<!\w)'([^'\n]+)'|\"([^\"\n]+)\"|\u2018([^\u2019\n]+)\u2019|`([^`'\n]+)[`']"
)
_TWO_NAMES = re.compile(r"'' (?:to|->) ''")
_AFTER = re.compile(r"(?:\w* at path)?[:,]? (?:\w+ )?(/[^\s,;]+)")
_ADJECTIVES = re.compile(
    r"\[\w+ \d+\]|error=\d+|E[A-Z]+|bad interpreter"
    r"|(?:cannot|can't|couldn't|could not|failed|unable)(?: \w+)?",
    re.IGNORECASE,
)
_SURE = re.compile(r"^\S*\b\w?\w?sh: (?:line )?\d+: |\b(?:cannot open|open failed)\b", re.I)

# Bounds for what a hostile command can make us think about: less than 0.1 s.
_MOST_LINES = 200
_MOST_COMPLAINTS = 50
_LONGEST_LINE = 500
_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line, and the paths it may be about, the likelier one first.

    `absent`: it says that there is no such thing. `sure`: the line names paths; otherwise a
    word of it may only look like one.
    """

    line: str
    paths: tuple[Path, ...]
    wants: tuple[Want, ...]
    absent: bool
    sure: bool


def complaints(said: str, cwd: Path) -> Iterator[Complaint]:
    """Those of the last lines of `said` that complain; relative paths are below `cwd`."""
    return islice(_complaints(said, cwd), _MOST_COMPLAINTS)


def _complaints(said: str, cwd: Path) -> Iterator[Complaint]:
    before = ""
    for line in map(str.strip, said.splitlines()[-_MOST_LINES:]):
        if not line or len(line) > _LONGEST_LINE or line == "Caused by:":
            continue
        # Rust says first what failed, and on a line of its own why.
        joined = f"{before}: {line}" if line.startswith("Permission denied (os error") else line
        reason = _REASON.search(joined)
        if reason is not None and _NO_FILE.search(joined) is None:
            yield from _complaint(joined, reason, cwd)
        before = line


def _complaint(line: str, reason: re.Match[str], cwd: Path) -> Iterator[Complaint]:
    quoted = _quoted(line, reason)
    names = quoted or _bare(line, reason)
    words = _QUOTED.sub("''", line)
    for name in () if quoted else names:
        words = words.replace(name, "''")
    found = [name for name in names if _is_name(name)]
    if found:
        yield Complaint(
            line=line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…",
            paths=tuple(Path(os.path.normpath(cwd / name)) for name in found),
            wants=(Want.WRITE,) if reason["fixed"] else wanted(words),
            absent=reason["absent"] is not None,
            sure=bool(quoted or "/" in found[0] or _SURE.search(words)),
        )


def _quoted(line: str, reason: re.Match[str]) -> list[str]:
    """What the line has in quotes, beside the `reason`; two when it is about two."""

    def gap(name: re.Match[str]) -> int:
        return max(name.start() - reason.end(), reason.start() - name.end())

    names = sorted((name for name in _QUOTED.finditer(line) if gap(name) >= 0), key=gap)
    most = 2 if _TWO_NAMES.search(_QUOTED.sub("''", line)) else 1
    return [next(filter(None, name.groups())) for name in names[:most]]


def _bare(line: str, reason: re.Match[str]) -> list[str]:
    """What the line names without quotes: `open: /x: reason`, `cannot create x: reason`."""
    after = _AFTER.match(line, reason.end())
    if after is not None:
        return [after[1]]
    pieces = [piece.strip() for piece in line[: reason.start()].rstrip(" :(,").split(": ")]
    names = [_last_path(piece) for piece in pieces if not _ADJECTIVES.fullmatch(piece)]
    # A script comes before its interpreter, and was what the command tried to start.
    return names[-2:] if "bad interpreter" in line else names[-1:]


def _last_path(piece: str) -> str:
    """`x` of "cannot create x"; but all of "/a b", for a path may have spaces."""
    start = re.search(r"(?:^|\s)(?=\.{0,2}/)", piece)
    return piece[start.end() :] if start else piece.rpartition(" ")[2]


def _is_name(name: str) -> bool:
    # Asterisks cover a hidden value, and U+FFFD stands for a byte: the path is another.
    unclear = "://" in name or "******" in name or "\ufffd" in name
    named = name.isprintable() and any(map(str.isalnum, name))
    return named and not unclear and not name.startswith(("-", "$", "~"))
