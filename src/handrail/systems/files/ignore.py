"""What repositories leave out: the rules of .gitignore files and of .git/info/exclude.

As gitignore(5) and git's dir.c have it: in one file the last rule that matches decides, and a
file deeper down decides before one above. What lies in an ignored folder is never looked at, so
no rule brings it back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from handrail.systems.files.wildcard import regex_of

RULE_FILE = ".gitignore"
MOST_RULE_BYTES = 262_144
"""Of one file of rules; what comes after is not read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One file of rules, for the folder `base`: empty, or a path that ends with `/`."""

    base: str
    pattern: re.Pattern[str]
    ignores: tuple[bool, ...]
    """By the groups of `pattern`: whether it leaves out or takes in."""

    @classmethod
    def of(cls, base: str, content: bytes) -> Rules | None:
        """The rules that a file says; None when there are none."""
        text = content[:MOST_RULE_BYTES].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        rules = [rule for line in text.split("\n") if (rule := _rule(line)) is not None]
        if not rules:
            return None
        # The first branch that matches is taken, so the last rule comes first.
        rules.reverse()
        pattern = re.compile("|".join(f"({regex})" for regex, _ in rules), re.DOTALL)
        return cls(base, pattern, tuple(ignores for _, ignores in rules))

    def say(self, path: str, name: str, *, is_folder: bool) -> bool | None:
        """Whether `path`, which ends with `name`, is ignored; None when no rule is about it."""
        subject = f"{name}{'/' if is_folder else ''}\0{path[len(self.base) :]}"
        if not subject.isascii():
            # Git matches bytes, each as one character.
            subject = os.fsencode(subject).decode("latin-1")
        found = self.pattern.match(subject)
        if found is None or found.lastindex is None:
            return None
        return self.ignores[found.lastindex - 1]


def is_ignored(rules: Sequence[Rules], path: str, name: str, *, is_folder: bool) -> bool:
    """What `rules` say together, the deepest first."""
    for one in rules:
        said = one.say(path, name, is_folder=is_folder)
        if said is not None:
            return said
    return False


def _rule(line: str) -> tuple[str, bool] | None:
    r"""A regular expression for `NAME\0PATH`, with `/` after the name of a folder."""
    if line.startswith("#"):
        return None
    line = _without_trailing_spaces(line.removesuffix("\r"))
    pattern = line.removeprefix("!")
    folder = "/" if pattern.endswith("/") else "/?"
    pattern = pattern.removesuffix("/")
    regex = regex_of(pattern.removeprefix("/"))
    if not regex:
        return None
    if "/" in pattern:
        return rf"[^\0/]*{folder}\0{regex}\Z", not line.startswith("!")
    return rf"{regex}{folder}\0", not line.startswith("!")


def _without_trailing_spaces(line: str) -> str:
    """Spaces at the end count only after a backslash."""
    end = len(line.rstrip(" "))
    backslashes = end - len(line[:end].rstrip("\\"))
    return line[: end + 1] if backslashes % 2 else line[:end]
