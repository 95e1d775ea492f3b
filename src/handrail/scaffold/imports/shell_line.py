"""One plain command of a shell, as words; whatever needs a shell to mean something is refused.

Places for values are marked before, so that nothing of a value is ever part of this: in argv it
cannot be more than a word, wherever its quotes stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.lint.programs import RAISERS, REMOTE, SHELLS, WRAPPERS

_TOKEN = re.compile(
    r"'(?P<single>[^']*)'|\"(?P<double>(?:[^\"\\$`]|\\[\"\\$`])*)\"|\\(?P<escaped>.)"
    r"|(?P<blank>[ \t]+)|(?P<plain>[^\s'\"\\$`|&;<>()*?\[\]!~#{}]+)|(?P<inside>[~#!])",
    re.DOTALL,
)
_SPECIAL = {
    "|": "it has a pipe",
    "&": "it runs something beside, or more than one command",
    ";": "it runs more than one command",
    "\n": "it runs more than one command",
    "<": "it redirects its input",
    ">": "it redirects its output",
    "(": "it runs a subshell",
    ")": "it runs a subshell",
    "$": "it uses variables or the output of commands",
    "`": "it uses the output of a command",
    "*": "it has a pattern that a shell replaces by names of files",
    "?": "it has a pattern that a shell replaces by names of files",
    "[": "it has a pattern that a shell replaces by names of files",
    "]": "it has a pattern that a shell replaces by names of files",
    "{": "it has braces that a shell expands",
    "}": "it has braces that a shell expands",
    "!": "it has words that only a shell knows",
    "~": "it names a home folder",
    "#": "it has a comment",
    "'": "a quote is not closed",
    '"': "it uses variables, or a quote is not closed",
    "\\": "it ends with a backslash",
}
_ONLY_SHELL = re.compile(
    r"alias|bg|break|case|cd|command|continue|declare|dirs|do|done|elif|else|esac|eval|exec|exit|"
    r"export|fg|fi|for|function|getopts|hash|if|in|jobs|local|popd|pushd|read|readonly|return|"
    r"select|set|shift|shopt|source|\.|then|trap|type|typeset|ulimit|umask|unalias|unset|until|"
    r"wait|while"
)
"""Words that are no programs."""
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_CONTINUED = re.compile(r"\\\n[ \t]*")
_COMMENT = re.compile(r"^[ \t]*#.*$\n?", re.MULTILINE)


class NotPlain(ValueError):
    """Why a command is more than a program and its words: a clause about "it"."""


def words_of(command: str) -> list[str]:
    """The words of a plain command. Raises `NotPlain`."""
    line = _CONTINUED.sub(" ", _COMMENT.sub("", command)).strip()
    if not line:
        raise NotPlain("it is empty")
    # The reasons that say most come first: a script also has quotes, variables and patterns.
    if _ASSIGNMENT.match(line):
        raise NotPlain("it sets variables")
    if _ONLY_SHELL.fullmatch(line.split()[0]):
        raise NotPlain(f'"{line.split()[0]}" is a word that only a shell knows')
    words = list(_words(line))
    first = words[0].rpartition("/")[2]
    if first in SHELLS | RAISERS | REMOTE | WRAPPERS:
        raise NotPlain(f'"{first}" starts another program')
    return words


def _words(line: str) -> Iterator[str]:
    word, begun, at = "", False, 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None or (found["inside"] and not begun) or found["inside"] == "!":
            raise NotPlain(_SPECIAL.get(line[at], "it has words that only a shell knows"))
        at = found.end()
        if found["blank"]:
            if begun:
                yield word
            word, begun = "", False
        else:
            word, begun = word + _text(found), True
    if begun:
        yield word


def _text(token: re.Match[str]) -> str:
    if token["double"] is not None:
        return re.sub(r"\\([\"\\$`])", r"\1", token["double"])
    return next(
        one for one in token.group("single", "escaped", "plain", "inside") if one is not None
    )
