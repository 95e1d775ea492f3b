"""An example command as words: one program, what is set for it, and its arguments."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from handrail.errors import UsageError
from handrail.scaffold.imports.shell_line import NotPlain, words_of
from handrail.scaffold.imports.wording import cleaned

_LONGEST = 4_096
_QUOTED = r"'[^']*'|\"(?:[^\"\\$`]|\\.)*\"|\\."
_ASSIGNMENT = re.compile(
    rf"([A-Za-z_][A-Za-z0-9_]*)=(?!~)((?:{_QUOTED}|[^\s'\"\\$`|&;<>()])*)(?:\s+|$)"
)
_NAMES = re.compile(
    rf"(?:{_QUOTED})|(?P<braces>\{{(?!\w*\.\.)[^{{}},\s]*\}})|(?P<pattern>[*?\[\]])"
)
"""What a shell may replace by names of files, outside of quotes; and braces that it leaves."""
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_HINT = (
    "Give one program with its words, and quote what is to reach it as it is. Each command of a "
    "pipe becomes a tool of its own; a tool with `programs` takes whole pipelines."
)


@dataclass(frozen=True, slots=True)
class Split:
    """One plain command."""

    env: dict[str, str]
    """Variables that are set before the program."""
    words: tuple[str, ...]
    """The program and its arguments."""
    has_patterns: bool = False
    """Whether a shell would have put names of files in the place of some of them."""


def split(command: str) -> Split:
    """The words of `command`, by the rules of a shell. Raises `UsageError` when it needs one."""
    line = _CONTINUED.sub(" ", command).strip()
    if len(line) > _LONGEST or not line.isprintable():
        raise UsageError(
            f"a command is one line that can be printed, of at most {_LONGEST} characters",
            hint="Give it without tabs, line breaks and other control characters.",
        )
    env = {}
    while found := _ASSIGNMENT.match(line):
        env[found[1]], line = "".join(shlex.split(found[2])), line[found.end() :]
    plain = _NAMES.sub(_literal, line)
    try:
        words = words_of(plain)
    except NotPlain as reason:
        said = f"{cleaned(command, 80)!r} is no plain command: {reason}"
        raise UsageError(said, hint=_HINT) from None
    if not words[0]:
        raise UsageError(f"{cleaned(command, 80)!r} names no program", hint=_HINT)
    has_patterns = any(found["pattern"] for found in _NAMES.finditer(line))
    return Split(env, tuple(words), has_patterns)


def _literal(found: re.Match[str]) -> str:
    """What was found, so that it stands for itself."""
    if found["braces"] is None and found["pattern"] is None:
        return found[0]
    return "".join(f"\\{one}" if one in "{}*?[]" else one for one in found[0])
