"""What a message says that was wanted of a path, by the words around the path.

There is no standard for such messages. These words were collected from the programs
themselves: coreutils, shells, git, tar, compilers, curl, Python, Node, Go, Rust, Java.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Want(StrEnum):
    """What can be wanted of a path."""

    READ = "reading"
    WRITE = "writing"
    START = "starting"
    CREATE = "creating"
    REMOVE = "removing"
    MOVE = "moving"


UNDECIDED = (Want.READ, Want.WRITE, Want.START)
"""What a message can mean that says nothing but the path: "PermissionError: 'x'"."""

_SHELL = r"^\S*\b(?:da|a)?sh: \d+: "
_READERS = r"cat|cmp|cut|diff|du|file|find|[ef]?grep|head|less|ls|nl|od|rg|\w+sum|tac|tail|uniq|wc"
_STARTERS = r"env|nice|nohup|setsid|stdbuf|timeout|xargs"
_WRITERS = r"bzip2|gzip|tee|xz|zstd"
# In this order: the first that fits decides. Names have been replaced by ''.
_WORDS = (
    (Want.START, r"bad interpreter|\b(?:fork/)?exec\w*\b|\brun\b|\bspawn"),
    (Want.START, rf"^\S*\b(?:{_STARTERS}): |{_SHELL}'': "),
    (Want.MOVE, r"\b(?:move|rename)\b|'' -> ''"),
    (Want.REMOVE, r"\b(?:remove|unlink|rmdir|delete)\b"),
    (Want.CREATE, r"\b(?:create|mkdir|touch|\w*link|temp\w*|mk[ds]temp|lock)\b"),
    (Want.WRITE, r"for (?:writing|output)|output file|\b(?:append|sav|truncat|writ)\w*\b"),
    (Want.WRITE, rf"^\S*\b(?:{_WRITERS}): |\bfailed to open the file\b"),
    (Want.READ, r"for reading|\bdirectory\b|\bread\w*|\b(?:opendir|scandir)\b"),
    (Want.READ, rf"can't open (?:file|patch file|perl script)|^\S*awk: |{_SHELL}cannot open"),
    (Want.READ, rf"^\S*\b(?:{_READERS}): "),
)
_PATTERNS = tuple((want, re.compile(words, re.IGNORECASE)) for want, words in _WORDS)


def wanted(words: str) -> tuple[Want, ...]:
    """What a message may mean that has these `words`, and '' for each name."""
    found = next((want for want, pattern in _PATTERNS if pattern.search(words)), None)
    return UNDECIDED if found is None else (found,)
