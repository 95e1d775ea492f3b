"""The lines of a help page, as plain text: without colours, overstrikes, tabs and boxes."""

from __future__ import annotations

import re
from itertools import takewhile

_MOST_LINES = 20_000
_LONGEST_LINE = 1_000
_STYLE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|.\x08")
_TOP = re.compile(r"\s*[╭┌┏][─━ ]*(?P<title>[^─━]*?)[─━ ]*[╮┐┓]")
_BOTTOM = re.compile(r"\s*[╰└┗].*")
_SIDES = "│┃"
_METAVAR = re.compile(r"[A-Z][A-Z0-9_.]*|<[^<>]*>|\[[^\[\]]*\|[^\[\]]*\]")


def lines_of(text: str) -> list[str]:
    """The lines of `text`, so many of them and so long as any help page needs."""
    lines = text.split("\n", _MOST_LINES)[:_MOST_LINES]
    return [_plain(_STYLE.sub("", line[:_LONGEST_LINE]).expandtabs().rstrip()) for line in lines]


def _plain(line: str) -> str:
    """The line without the box that it is part of: a title is a heading, a row has one gap."""
    if title := _TOP.fullmatch(line):
        return f"{title['title']}:"
    if _BOTTOM.fullmatch(line):
        return ""
    if line.strip()[:1] not in _SIDES or not line.strip():
        return line
    cells = re.split(r" {2,}", line.strip(f" *{_SIDES}"))
    given = list(takewhile(_is_given, cells))
    return "  " + "  ".join(filter(None, [" ".join(given), *cells[len(given) :]]))


def _is_given(cell: str) -> bool:
    return cell.startswith("-") or _METAVAR.fullmatch(cell) is not None
