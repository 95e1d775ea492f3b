"""The text of a file: from which byte on, in which encoding, and what is told beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail.systems.files.content import Content
from handrail.systems.files.encoding import Encoding, marked, named, undecodable
from handrail.systems.files.lines import Beyond, Late, Lines
from handrail.systems.files.page import Page, page
from handrail.systems.files.refused import ARGUMENT_INVALID, Refused
from handrail.systems.files.setting import Setting

_LONGEST_MARK = 4
Given = Mapping[str, Any]
Result = dict[str, object]


def read_text(content: Content, setting: Setting, given: Given) -> Result:
    """One page of text, and what is known of the file. Raises `Refused`."""
    lines = Lines(content, _encoding(content, given["encoding"]))
    begin = _begin(lines, setting, given)
    try:
        found = page(lines, begin, given["limit"])
    except UnicodeDecodeError as error:
        raise undecodable(lines.encoding.name, _where(lines, begin, error)) from None
    first = _first_line(lines, begin, given)
    about = {
        "text": found.text,
        "first_line": first,
        "last_line": None if first is None else first + max(0, found.lines - 1),
        "lines_total": lines_total(lines),
        "offset": begin if first is None else None,
        "size": content.size,
        "encoding": lines.encoding.name,
        "byte_order_mark": lines.encoding.mark > 0 or None,
        "newline": _newline(found.text),
        "final_newline": found.text.endswith("\n") if found.is_last else None,
        "hash": content.hash,
        "next": _next(content, found, first),
    }
    return {name: value for name, value in about.items() if value is not None}


def lines_total(lines: Lines) -> int | None:
    """The lines of a small file, whether or not the last one is ended; None of a large one."""
    whole = lines.content.whole
    if whole is None:
        return None
    text = whole[lines.encoding.mark :]
    return lines.count(text) + (lines.last_end(text) != len(text))


def _encoding(content: Content, name: str) -> Encoding:
    head = content.at(0, _LONGEST_MARK)
    return (marked(head) or Encoding("utf-8")) if name == "auto" else named(name, head)


def _begin(lines: Lines, setting: Setting, given: Given) -> int:
    start, offset = given.get("start"), given.get("offset")
    if start is not None and offset is not None:
        why = "`offset` says in bytes where to begin, and `start` in lines: give one of them"
        raise Refused(ARGUMENT_INVALID, why, field="offset")
    if offset is not None:
        return _from_offset(lines, offset)
    try:
        if start is not None and start < 0:
            return lines.start_from_end(-start, lambda: setting.is_late)
        return lines.start_of(start or 1, lambda: setting.is_late)
    except Late as late:
        raise _too_far(late, lines.content.size) from None
    except Beyond as beyond:
        why = f"`start`: the file has no line after {beyond.total:,}"
        allowed = {"max": beyond.total}
        hint = "start=-20 begins 20 lines before the end."
        raise Refused(ARGUMENT_INVALID, why, field="start", hint=hint, allowed=allowed) from None


def _from_offset(lines: Lines, offset: int) -> int:
    size = lines.content.size
    if offset > size:
        why = f"`offset`: the file has {size:,} bytes"
        raise Refused(ARGUMENT_INVALID, why, field="offset", allowed={"max": size})
    return lines.start_of_character(max(offset, lines.encoding.mark))


def _too_far(late: Late, size: int) -> Refused:
    return Refused(
        ARGUMENT_INVALID,
        f"`start`: there is no time to count so many lines in a file of {size:,} bytes",
        field="start",
        hint=f"Begin by offset instead: {late}.",
    )


def _where(lines: Lines, begin: int, error: UnicodeDecodeError) -> str:
    at = begin + error.start
    whole = lines.content.whole
    line = "" if whole is None else f" in line {lines.count(whole[lines.encoding.mark : at]) + 1}"
    return f"byte {at}{line} is 0x{error.object[error.start]:02x}"


def _first_line(lines: Lines, begin: int, given: Given) -> int | None:
    """The number of the line that a page begins in, where it is known."""
    mark, whole = lines.encoding.mark, lines.content.whole
    if whole is not None:
        return lines.count(whole[mark:begin]) + 1
    if begin == mark:
        return 1
    start: int | None = given.get("start")
    return start if start is not None and start > 0 else None


def _newline(text: str) -> str | None:
    """How lines end, when that is not by a line feed alone."""
    windows = text.count("\r\n")
    if not windows:
        return None
    return "crlf" if windows == text.count("\n") else "mixed"


def _next(content: Content, found: Page, first: int | None) -> Mapping[str, int | None] | None:
    """What the next call changes: the line in a small file, the byte where lines are not known."""
    if found.is_last:
        return None
    if content.whole is not None and first is not None and found.text.endswith("\n"):
        return {"start": first + found.lines, "offset": None}
    return {"offset": found.end, "start": None}
