"""What callers give to say which files they mean: `*.py`, `docs/**`, `*.{toml,yaml}`, `!test_*`.

The wildcards are git's (see `wildcard`), and braces besides. A pattern without `/` is for names,
at any depth; with one it is for paths from the folder on where the search begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handrail.systems.files.refused import ARGUMENT_INVALID, Refused
from handrail.systems.files.wildcard import regex_of

_MOST_ALTERNATIVES = 100
_CHARACTER = re.compile(r"\\?.", re.DOTALL)


def found_by(pattern: str, field: str) -> re.Pattern[str]:
    """What matches a path, with a `/` behind it if it is a folder's. Raises `Refused`."""
    return _compiled(_anywhere(pattern, field, folder="/", anything="/?"))


@dataclass(frozen=True, slots=True)
class Globs:
    """Which files to look into: the last pattern that matches decides.

    A file that none matches is looked into if there are only patterns that leave out. What
    holds for a folder holds for all that is in it.
    """

    patterns: tuple[tuple[re.Pattern[str], bool], ...]
    otherwise: bool

    @classmethod
    def of(cls, patterns: Sequence[str], field: str) -> Globs:
        """Raises `Refused`."""
        read = [(pattern.removeprefix("!"), not pattern.startswith("!")) for pattern in patterns]
        compiled = [
            (_compiled(_anywhere(one, field, folder="/.*", anything="(?:/.*)?")), takes_in)
            for one, takes_in in reversed(read)
        ]
        return cls(tuple(compiled), not any(takes_in for _, takes_in in read))

    def take(self, path: str) -> bool:
        """Whether to look into the file at `path`, from where the search begins."""
        for pattern, takes_in in self.patterns:
            if pattern.match(path):
                return takes_in
        return self.otherwise


def _anywhere(pattern: str, field: str, *, folder: str, anything: str) -> str:
    """The regular expression of a pattern, with what may come behind it."""
    behind = folder if pattern.endswith("/") else anything
    plain = pattern.removesuffix("/")
    before = "" if "/" in plain else "(?:.*/)?"
    branches = list(_branches(plain.removeprefix("/"), field))
    return f"{before}(?:{'|'.join(branches)}){behind}"


def _branches(pattern: str, field: str) -> Iterator[str]:
    written = _without_braces(pattern)
    if len(written) > _MOST_ALTERNATIVES:
        hint = f"At most {_MOST_ALTERNATIVES} alternatives; give several patterns."
        raise Refused(ARGUMENT_INVALID, f"`{field}` has too many braces", field=field, hint=hint)
    for one in written:
        regex = regex_of(one)
        if regex is None:
            hint = r"To find a [ itself, write \[ ; a backslash at the end, \\ ."
            message = f"`{field}` has a [ without its ], or ends with a backslash"
            raise Refused(ARGUMENT_INVALID, message, field=field, hint=hint)
        yield regex


def _without_braces(pattern: str) -> list[str]:
    """`a{b,c}` as `ab` and `ac`."""
    done: list[str] = []
    left = [pattern]
    while left and len(done) + len(left) <= _MOST_ALTERNATIVES:
        one = left.pop()
        marks = _braces(one)
        if marks:
            before, after = one[: marks[0]], one[marks[-1] + 1 :]
            left += [f"{before}{one[a + 1 : b]}{after}" for a, b in pairwise(marks)]
        else:
            done.append(one)
    return done + left


def _braces(pattern: str) -> list[int]:
    """Where the first braces without others inside open, part their choices, and close."""
    marks: list[int] = []
    for found in _CHARACTER.finditer(pattern):
        match found[0]:
            case "{":
                marks = [found.start()]
            case "," if marks:
                marks.append(found.start())
            case "}" if marks:
                return [*marks, found.start()]
    return []


def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(rf"{regex}\Z", re.DOTALL)
