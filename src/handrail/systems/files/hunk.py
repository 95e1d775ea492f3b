"""The hunks of a unified diff for one file, parsed strictly: what its headers say must be so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handrail.systems.files.refused import ARGUMENT_INVALID, Refused

_HEADER = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_SIGNATURE = "-- "
"""What git-format-patch(1) ends with."""
_NO_NEWLINE = "\\"
_NOWHERE = "/dev/null"
_OTHER_TOOLS = {
    "new file mode": "write_file makes files.",
    "deleted file mode": "delete_file deletes files.",
    "rename from": "move_file moves files.",
    "copy from": "copy_file copies files.",
    "GIT binary patch": "Only text can be edited; write_file writes a file anew.",
    "Binary files": "Only text can be edited; write_file writes a file anew.",
}


@dataclass(frozen=True, slots=True)
class Hunk:
    """What is to be replaced by what, in whole lines; `line` lines are said to come before."""

    number: int
    line: int
    old: str
    new: str


def parse(patch: str) -> list[Hunk]:
    """All hunks of a patch. Raises `Refused`, also when it is for several files."""
    lines = patch.split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    # One that came through something that ends all lines so has it in its headers too.
    if all(line.endswith("\r") for line in lines if line.startswith("@@")):
        lines = [line.removesuffix("\r") for line in lines]
    parser = _Parser(lines)
    hunks = parser.hunks()
    if not hunks:
        raise malformed("it has no hunk: no line like `@@ -12,7 +12,8 @@`")
    return hunks


def malformed(why: str, hint: str | None = None) -> Refused:
    """What is given is no unified diff of one file."""
    hint = hint or "Give a unified diff of this one file, as `git diff` writes it; or old and new."
    return Refused(ARGUMENT_INVALID, f"`patch`: {why}", field="patch", hint=hint)


class _Parser:
    """Goes through the lines of a patch, which have no ends."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._begun = 0
        self._names: set[str] = set()
        self._found: list[Hunk] = []

    def hunks(self) -> list[Hunk]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line == _SIGNATURE and self._found:
                break
            if line.startswith("@@"):
                self._found.append(self._hunk())
            elif self._is_file_header():
                self._file(self._lines[self._at], self._lines[self._at + 1])
                self._at += 2
            else:
                self._other(line)
                self._at += 1
        return self._found

    def _is_file_header(self) -> bool:
        here = self._lines[self._at : self._at + 2]
        return len(here) == 2 and here[0].startswith("--- ") and here[1].startswith("+++ ")

    def _file(self, old: str, new: str) -> None:
        if _name(old) == _NOWHERE:
            raise malformed("it makes a file", "write_file makes files.")
        if _name(new) == _NOWHERE:
            raise malformed("it deletes the file", "delete_file deletes files.")
        self._is_one(_name(new))

    def _is_one(self, name: str) -> None:
        self._names.add(name)
        if len(self._names) > 1:
            raise malformed("it is for several files", "Call once for each file, with its part.")

    def _other(self, line: str) -> None:
        """A line that is in no hunk."""
        for start, hint in _OTHER_TOOLS.items():
            if line.startswith(start):
                raise malformed(f"line {self._at + 1} is `{start}`", hint)
        if line.startswith("diff --git ") and self._found:
            raise malformed("it is for several files", "Call once for each file, with its part.")
        if self._found and line.startswith((" ", "+", "-", _NO_NEWLINE)):
            raise self._miscounted(len(self._found), self._begun)

    def _hunk(self) -> Hunk:
        header = _HEADER.match(self._lines[self._at])
        number = len(self._found) + 1
        if header is None:
            why = f"hunk {number} has no line numbers: line {self._at + 1} should be like "
            raise malformed(f"{why}`@@ -12,7 +12,8 @@`")
        start, count, _, new_count = (1 if each is None else int(each) for each in header.groups())
        self._at += 1
        lines = self._body(number, count, new_count)
        sides = [[text for mark, text in lines if mark != other] for other in "+-"]
        for side in sides:
            if any(not text.endswith("\n") for text in side[:-1]):
                raise malformed(f"hunk {number} goes on behind the end of the file")
        old, new = map("".join, sides)
        if old == new:
            raise malformed(f"hunk {number} changes nothing")
        return Hunk(number, start - 1 if count else start, old, new)

    def _body(self, number: int, old: int, new: int) -> list[tuple[str, str]]:
        """The next lines, with their marks: as many as are `old` and `new`."""
        first = self._at
        lines: list[tuple[str, str]] = []
        while old > 0 or new > 0 or self._next().startswith(_NO_NEWLINE):
            # An empty line is a context line that has lost its space.
            mark, text = self._next()[:1] or " ", self._next()[1:]
            if mark == _NO_NEWLINE and lines:
                lines[-1] = lines[-1][0], lines[-1][1].removesuffix("\n")
            elif mark in " +-" and self._at < len(self._lines):
                lines.append((mark, f"{text}\n"))
                old, new = old - (mark != "+"), new - (mark != "-")
            else:
                raise self._miscounted(number, first)
            self._at += 1
        if old or new:
            raise self._miscounted(number, first)
        self._begun = first
        return lines

    def _next(self) -> str:
        return self._lines[self._at] if self._at < len(self._lines) else ""

    def _miscounted(self, number: int, first: int) -> Refused:
        """What the header should be, by the lines that are there."""
        self._at = first
        marks = []
        while self._at < len(self._lines) and not self._is_file_header():
            if self._next()[:1] not in ("", *" +-"):
                break
            marks.append(self._next()[:1] or " ")
            self._at += 1
        old, new = (sum(mark != other for mark in marks) for other in "+-")
        written = self._lines[first - 1]
        why = f"hunk {number} has {old} old and {new} new lines, and its header says `{written}`"
        begun = _HEADER.match(written)
        fixed = "" if begun is None else f"@@ -{begun[1]},{old} +{begun[3]},{new} @@"
        return malformed(why, f"If the lines are right, write `{fixed}`. Nothing is changed.")


def _name(header: str) -> str:
    """The file that a header names, without `a/` and without the time behind it."""
    name = header[4:].partition("\t")[0].strip()
    return name[2:] if name.startswith(("a/", "b/")) else name
