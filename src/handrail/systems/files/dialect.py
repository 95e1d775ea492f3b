r"""Regular expressions in the one dialect that Python's `re` and Rust's `regex` read alike.

What only one of them has, or each reads in its own way, is refused. The rest is written in two
ways. Ours never matches the end of a line, so that a text of many lines can be searched at once.
Theirs is for ripgrep, and wider: it finds every line that ours does, and some more, for about
letters beyond ASCII, and bytes that are no UTF-8, opinions differ.

https://docs.python.org/3/library/re.html and https://docs.rs/regex/latest/regex/#syntax
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.systems.files.refused import ARGUMENT_INVALID, Refused

# White_Space of Unicode without the end of a line; Python's own `\s` has four more.
_SPACES = r"\t\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_OURS = {r"\s": f"[{_SPACES}]", r"\S": rf"[^{_SPACES}\n]", r"\W": r"[^\w\n]", r"\D": r"[^\d\n]"}
_META = frozenset(r"\.+*?()|[]{}^$")
_BEYOND_ASCII = r"(?-u:[\x80-\xff]+)"
_REPLACEMENT = "\ufffd"
# To these, letters beyond ASCII may be equal when case is ignored.
_FOLDED = frozenset("ikIKsS")
_THEIRS = {"$": r"(?:\r?$)", "{": r"\{", r"\b": "(?:)", r"\B": "(?:)"}
_ESCAPE = re.compile(r"\\(?:[dDwWsSbBtfvra]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^0-9A-Za-z<>])")
_END_OF_LINE = re.compile(r"\\(?:n|x0[aA]|u000[aA])")
_GROUP = re.compile(r"\((?:\?(?::|P<\w+>|-?i:))?(?!\?)")
_REPEAT = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??(?!\+)")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\\\]])*\]", re.DOTALL)
_DOUBLED = re.compile(r"&&|--|~~|\|\|")
_IGNORE_CASE = "(?i)"
_REFUSED = {
    "(?=": ("lookahead", "search for what both have, and read the lines"),
    "(?!": ("lookahead", "search without it, and leave out lines when reading"),
    "(?<=": ("lookbehind", "match what comes before as well"),
    "(?<!": ("lookbehind", "search without it, and leave out lines when reading"),
    "(?P=": ("a backreference", "write out what it repeats"),
    "(?P>": ("recursion", "write it out"),
    "(?>": ("an atomic group", "write (?: in its place"),
    "(?(": ("a conditional", "write both cases with |"),
    "(?#": ("a comment", "leave it out"),
    "(?<": ("a group named in one of several ways", "write (?P<name>"),
    "(?": ("flags", "(?i) at the start is all there is; ignore_case does the same"),
    r"\A": (r"\A", "write ^"),
    r"\Z": (r"\Z", "write $"),
    r"\z": (r"\z", "write $"),
    r"\<": (r"\<", r"write \b, or a plain <"),
    r"\>": (r"\>", r"write \b, or a plain >"),
    r"\p": (r"a class \p of Unicode", r"write \w, or the characters in [ ]"),
    r"\P": (r"a class \P of Unicode", r"write \W, or the characters in [^ ]"),
    r"\n": ("the end of a line", "matches lie within one line; search for one of the lines"),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A regular expression: `ours` for `re` with MULTILINE, `theirs` for ripgrep."""

    ours: str
    theirs: str
    ignores_case: bool


def read(pattern: str, *, ignore_case: bool) -> Dialect:
    """Raises `Refused`, naming what is wrong and what to write in its place."""
    body = pattern.removeprefix(_IGNORE_CASE)
    folds = ignore_case or body != pattern
    words = list(_words(body))
    _check(body)
    may_fold = folds or "(?i:" in words
    theirs = "".join(_theirs(word, may_fold=may_fold) for word in words)
    return Dialect("".join(map(_ours, words)), theirs, folds)


def _words(pattern: str) -> Iterator[str]:
    at = 0
    while at < len(pattern):
        token = _word(pattern, at)
        yield token
        at += len(token)


def _word(pattern: str, at: int) -> str:
    match pattern[at]:
        case "\\":
            found = None if _END_OF_LINE.match(pattern, at) else _ESCAPE.match(pattern, at)
        case "(":
            found = _GROUP.match(pattern, at)
        case "[":
            found = _CLASS.match(pattern, at)
            _check_class(found[0] if found else "")
        case "*" | "+" | "?":
            found = _REPEAT.match(pattern, at)
        case "{":
            # One that begins no repeat is itself, as in `main() {`.
            found = _REPEAT.match(pattern, at)
            counts = re.compile(r"\{\d*,?\d*\}").match(pattern, at)
            return found[0] if found else _refuse(pattern, at) if counts else "{"
        case character:
            return character
    return found[0] if found else _refuse(pattern, at)


def _check_class(written: str) -> None:
    inside = written[1:-1].removeprefix("^")
    plain = re.sub(r"\\.", "", inside, flags=re.DOTALL)
    if "[:" in plain:
        raise _refused("a class like [:alpha:]", r"write \w, \d, \s or a-z")
    if "[" in plain:
        raise _refused("a [ inside [ ]", r"write \[ for the character")
    if _DOUBLED.search(plain):
        raise _refused("a set operation (&&, --, ~~ or ||)", "write the characters out")
    for escape in re.findall(r"\\.\w{0,4}", inside, flags=re.DOTALL):
        if _END_OF_LINE.match(escape) or not _ESCAPE.match(escape):
            _refuse(escape, 0)


def _ours(word: str) -> str:
    """What does the same, and never matches the end of a line."""
    if word[0] != "[":
        return _OURS.get(word, word)
    spaced = re.sub(r"\\.", lambda found: _SPACES if found[0] == r"\s" else found[0], word)
    if spaced.startswith("[^"):
        inside = spaced[2:-1]
        escape = "\\" if inside.startswith("]") else ""
        return rf"[^\n{escape}{inside}]"
    return rf"(?:(?!\n){spaced})" if re.match(spaced, "\n") else spaced


def _theirs(word: str, *, may_fold: bool) -> str:
    """What matches wherever `_ours` does."""
    if word in _THEIRS:
        return _THEIRS[word]
    if word[0] in "[." or (word[0] == "\\" and word[1].isalpha()):
        return _widened(_ours(word), may_fold=may_fold)
    if word[0] == "\\":
        # An escape that is not needed is an error to older ones.
        return word if word[1] in _META else _theirs(word[1], may_fold=may_fold)
    if len(word) > 1 or word.isascii():
        return rf"(?:{word}|{_BEYOND_ASCII})" if may_fold and word in _FOLDED else word
    return _widened(word, may_fold=may_fold) if may_fold or word == _REPLACEMENT else word


def _widened(ours: str, *, may_fold: bool) -> str:
    """One character: those of ASCII that match, and whatever is beyond."""
    regex = re.compile(ours, re.IGNORECASE if may_fold else re.NOFLAG)
    known = "".join(f"\\x{code:02x}" for code in range(128) if regex.match(chr(code)))
    return rf"(?:(?-u:[{known}])|{_BEYOND_ASCII})" if known else _BEYOND_ASCII


def _check(pattern: str) -> None:
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(pattern)
    except (re.error, OverflowError) as error:
        said = getattr(error, "msg", str(error))
        at = getattr(error, "pos", None)
        where = "" if at is None else f", at character {at + 1}"
        raise _invalid(f"is no regular expression: {said}{where}") from None
    except RecursionError:
        raise _invalid("has too many groups in one another") from None


def _refuse(pattern: str, at: int) -> str:
    """Say what cannot be read here. Always raises `Refused`."""
    if pattern[at] in "*+?{":
        repeat = re.compile(r"(?:[*+?]|\{\d*,?\d*\})\??").match(pattern, at)
        if repeat and repeat[0].startswith("{,"):
            raise _refused(f"{repeat[0]}", "begin the count with 0: {0,")
        raise _refused("a possessive repeat", "leave out the second +")
    if pattern[at] == "[":
        raise _invalid(r"has a [ without its ]; for the character, write \[")
    if pattern[at : at + 2] != "(?" and pattern[at + 1 : at + 2].isdigit():
        raise _refused("a backreference", "write out what it repeats")
    if _END_OF_LINE.match(pattern, at):
        raise _refused(*_REFUSED[r"\n"])
    longest = max((one for one in _REFUSED if pattern.startswith(one, at)), key=len, default="")
    construct, instead = _REFUSED.get(longest, (pattern[at : at + 2], "write it in another way"))
    raise _refused(construct, instead)


def _refused(construct: str, instead: str) -> Refused:
    return _invalid(f"uses {construct}, which is not in the dialect", f"{instead}.")


def _invalid(message: str, hint: str | None = None) -> Refused:
    plain = "Without regex=true the pattern is plain text."
    said = plain if hint is None else f"{hint[0].upper()}{hint[1:]} {plain}"
    return Refused(ARGUMENT_INVALID, f"`pattern` {message}", field="pattern", hint=said)
