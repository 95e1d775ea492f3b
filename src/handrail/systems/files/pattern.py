"""What grep looks for, as we match it ourselves, and as ripgrep is asked which files to look into.

Ripgrep's answer may have too many files, for each is searched by us after all, but never too few.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handrail.systems.files import dialect
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused


@dataclass(frozen=True, slots=True)
class Pattern:
    """`regex` searches texts of several lines. `needle`: bytes without which nothing matches.

    `arguments` are ripgrep's.
    """

    regex: re.Pattern[str]
    needle: bytes
    arguments: tuple[str, ...]


def pattern_of(written: str, *, regex: bool, ignore_case: bool) -> Pattern:
    """Raises `Refused`."""
    if not written or "\n" in written:
        hint = "Give a word or a line of what is looked for."
        message = "`pattern` is empty" if not written else "`pattern` has more than one line"
        raise Refused(ARGUMENT_INVALID, message, field="pattern", hint=hint)
    if not regex and not ignore_case:
        asked = ("--fixed-strings", f"--regexp={written}")
        return Pattern(re.compile(re.escape(written)), written.encode(), asked)
    read = dialect.read(written if regex else re.escape(written), ignore_case=ignore_case)
    flags = re.MULTILINE | (re.IGNORECASE if read.ignores_case else re.NOFLAG)
    case = "--ignore-case" if read.ignores_case else "--case-sensitive"
    return Pattern(_compiled(read.ours, flags), b"", (case, f"--regexp={read.theirs}"))


def _compiled(ours: str, flags: re.RegexFlag) -> re.Pattern[str]:
    try:
        return re.compile(ours, flags)
    except (RecursionError, OverflowError):
        message = "`pattern` is too complicated"
        raise Refused(ARGUMENT_INVALID, message, field="pattern") from None
