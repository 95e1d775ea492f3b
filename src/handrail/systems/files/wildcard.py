"""Patterns of paths, as git and shells write them, become regular expressions.

`*` and `?` stop at `/`; `**` between slashes is any number of folders, also none; `[a-z]`,
`[!a-z]` and `[[:alpha:]]` are one character; a backslash makes the next one plain. This is what
git's wildmatch.c does with paths (gitignore(5)).

No pattern makes the matcher try in vain for long: what a wildcard has matched, up to what must
come next, is never given back. Its first chance is as good as any later one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_STAR, _DEEP, _REST = "*", "**/", "**"
_WILD = frozenset("*?[\\")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \t",
    "cntrl": "\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


def regex_of(pattern: str) -> str | None:
    """A regular expression for whole paths, without groups; None when nothing can match.

    For `re.DOTALL`. It has no anchors: what comes after it must be one.
    """
    try:
        tokens = list(_tokens(pattern))
    except _Malformed:
        return None
    sections = _split(tokens, {_DEEP, _REST})
    wilds = [token for token in tokens if token in (_DEEP, _REST)]
    out = [_section(sections[0], is_last=not wilds)]
    for number, (wild, section) in enumerate(zip(wilds, sections[1:], strict=True), 1):
        is_last = number == len(wilds)
        way = r"(?:[^/]*/)*?" if wild == _DEEP else r".*?"
        reached = way + _section(section, is_last=is_last)
        out.append(reached if is_last else f"(?>{reached})")
    return "".join(out)


class _Malformed(ValueError):
    """A class that does not end, or has no such name; a backslash with nothing behind it."""


def _section(tokens: Sequence[str], *, is_last: bool) -> str:
    """What lies between two wildcards that go over folders."""
    first, *others = ("".join(chunk) for chunk in _split(tokens, {_STAR}))
    found = [f"(?>[^/]*?{chunk})" for chunk in others]
    if found and is_last:
        found[-1] = f"[^/]*{others[-1]}"
    return first + "".join(found)


def _split(tokens: Sequence[str], at: set[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token in at:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _tokens(pattern: str) -> Iterator[str]:
    """Wildcards, and for each character a regular expression. Raises `_Malformed`."""
    at = 0
    while at < len(pattern):
        match pattern[at]:
            case "*":
                wild, at = _stars(pattern, at)
                yield wild
            case "?":
                yield "[^/]"
                at += 1
            case "[":
                found = _Class(pattern, at)
                yield found.read()
                at = found.at
            case _:
                character, at = _plain(pattern, at)
                # An escaped star is longer than the wildcard, so no token is taken for one.
                yield re.escape(character)


def _stars(pattern: str, start: int) -> tuple[str, int]:
    end = start
    while pattern[end : end + 1] == "*":
        end += 1
    # Git compares what is plain at the beginning by itself, so that stars behind it come first.
    first = _WILD.isdisjoint(pattern[:start])
    alone = end - start > 1 and (first or pattern[start - 1] == "/")
    if alone and pattern[end : end + 1] == "/":
        return _DEEP, end + 1
    if alone and (end == len(pattern) or pattern.startswith("\\/", end)):
        return _REST, end
    return _STAR, end


def _plain(pattern: str, at: int) -> tuple[str, int]:
    """The character at a place, escaped or not, and the place behind it."""
    if pattern[at] == "\\":
        at += 1
    if at == len(pattern):
        raise _Malformed
    return pattern[at], at + 1


class _Class:
    """One character out of several: `[a-z_]`. `at` is how far it was read."""

    def __init__(self, pattern: str, at: int) -> None:
        self._pattern = pattern
        self.at = at + 1
        self._ranges: list[tuple[str, str]] = []
        self._named = ""

    def read(self) -> str:
        """It as a regular expression. Raises `_Malformed`."""
        negated = self._next() in ("!", "^")
        self.at += negated
        low = self._item(None)
        while self._next() != "]":
            low = self._item(low)
        self.at += 1
        return self._written(negated="^" if negated else "")

    def _next(self) -> str:
        if self.at == len(self._pattern):
            raise _Malformed
        return self._pattern[self.at]

    def _item(self, low: str | None) -> str | None:
        """Read a character, a range or a name; what a range may begin with."""
        if self._next() == "-" and low is not None and self._pattern[self.at + 1 :][:1] != "]":
            high, self.at = _plain(self._pattern, self.at + 1) if self._more() else ("", self.at)
            self._ranges += [(low, high)] if low <= high else []
            return None
        if self._pattern.startswith("[:", self.at) and self._name():
            return None
        character, self.at = _plain(self._pattern, self.at)
        self._ranges.append((character, character))
        return character

    def _more(self) -> bool:
        if self.at + 1 == len(self._pattern):
            raise _Malformed
        return True

    def _name(self) -> bool:
        start = self.at + 2
        end = self._pattern.find("]", start)
        if end < 0:
            raise _Malformed
        if end == start or self._pattern[end - 1] != ":":
            return False
        name = self._pattern[start : end - 1]
        if name not in _CLASSES:
            raise _Malformed
        self._named += _CLASSES[name]
        self.at = end + 1
        return True

    def _written(self, negated: str) -> str:
        ranges = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in self._ranges)
        if not ranges + self._named:
            return "[^/]" if negated else "(?!)"
        return f"(?!/)[{negated}{ranges}{self._named}]"
