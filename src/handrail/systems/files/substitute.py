"""Exact text is replaced by other text: where it stands once, or wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from handrail.systems.files.content import LARGEST_WHOLE
from handrail.systems.files.near import nearest
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused

_MOST_SHOWN = 5
_LF, _CRLF = "\n", "\r\n"


def substitute(text: str, old: str, new: str, *, everywhere: bool) -> tuple[str, int]:
    """`text` with `new` for `old`, and how often. Raises `Refused` for none, and for several
    unless it is `everywhere`."""
    if not old:
        hint = "Give the text that is to be replaced; to insert, give a line and repeat it in new."
        raise Refused(ARGUMENT_INVALID, "`old` is empty", field="old", hint=hint)
    if old == new:
        hint = "Give what is to come in its place."
        raise Refused(ARGUMENT_INVALID, "`new` is the same as `old`", field="new", hint=hint)
    found = _pattern(text, old)
    count = sum(1 for _ in found.finditer(text))
    if count == 0:
        raise _missing(text, old)
    if not everywhere and (count > 1 or _overlaps(found, text)):
        raise _several(text, found, count)
    if len(text) + count * (len(new) - len(old)) > LARGEST_WHOLE:
        why = f"the file would have more than {LARGEST_WHOLE:,} bytes"
        raise Refused(ARGUMENT_INVALID, why, field="new", allowed={"max": LARGEST_WHOLE})
    return found.sub(lambda match: _ended(text, match, new), text), count


def _pattern(text: str, old: str) -> re.Pattern[str]:
    """`old` as it is; and where lines end in CRLF, with such ends too, unless it has any."""
    exact = re.escape(old)
    if "\r" in old or _LF not in old or _CRLF not in text:
        return re.compile(exact)
    # What begins with a line end does not begin in the middle of one.
    alone = r"(?<!\r)" if old.startswith(_LF) else ""
    return re.compile(f"{alone}{exact}|{re.escape(old.replace(_LF, _CRLF))}")


def _ended(text: str, match: re.Match[str], new: str) -> str:
    """`new` with line ends as they are where it comes, unless it says CRLF itself."""
    if _LF not in new or "\r" in new:
        return new
    found = match.group()
    if _LF not in found:
        end = text.find(_LF, match.end())
        end = end if end >= 0 else text.rfind(_LF, 0, match.start())
        found = text[max(0, end - 1) : end + 1]
    return new.replace(_LF, _CRLF) if _CRLF in found else new


def _overlaps(found: re.Pattern[str], text: str) -> bool:
    """Whether the only match has another that begins in it."""
    first = found.search(text)
    return first is not None and found.search(text, first.start() + 1) is not None


def _missing(text: str, old: str) -> Refused:
    near = nearest(text, old)
    why = "`old` is not in the file"
    if near is not None:
        why = f"{why}; {near.told}"
    hint = "Read the file with read_file, and copy the text from there exactly."
    return Refused(ARGUMENT_INVALID, why, field="old", hint=hint)


def _several(text: str, found: re.Pattern[str], count: int) -> Refused:
    lines = ", ".join(map(str, islice(_lines(text, found), _MOST_SHOWN)))
    more = " and more" if count > _MOST_SHOWN else ""
    times = f"{count:,} times" if count > 1 else "twice, overlapping itself"
    why = f"`old` is in the file {times}, at lines {lines}{more}, and must be there once"
    hint = "Give more of the lines around the one you mean; or all=true to replace every one."
    return Refused(ARGUMENT_INVALID, why, field="old", hint=hint)


def _lines(text: str, found: re.Pattern[str]) -> Iterator[int]:
    line, counted = 1, 0
    for match in found.finditer(text):
        line += text.count(_LF, counted, match.start())
        counted = match.start()
        yield line
