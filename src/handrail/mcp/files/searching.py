"""What lists and searches say to a model: one name or line each, without JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

Value = Mapping[str, Any]

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP = 1024
_MARKS = {"folder": "/", "file": ""}


def tell_list(value: Value) -> str:
    """What is in a folder, by paths from the workspace on."""
    return _told([f"{value['path']}:"], map(_entry, value["entries"]), value, "It is empty.")


def tell_find(value: Value) -> str:
    """What was found, by paths."""
    return _told([], map(_entry, value["entries"]), value, "Nothing found.")


def tell_grep(value: Value) -> str:
    """The lines that match, under the file that they are in."""
    matches = value["matches"]
    by_file = bool(matches) and "matches" in matches[0]
    counts = [f"{one['path']}: {one['matches']}" for one in matches if by_file]
    nothing = f"No matches in {value['files_searched']} files."
    return _told([], counts or _by_file(matches), value, nothing)


def _told(head: list[str], lines: Iterable[str], value: Value, nothing: str) -> str:
    body = list(lines)
    more = [nothing] if not body and "incomplete" not in value else []
    if "incomplete" in value:
        where = f" in {value['stopped_in']}" if "stopped_in" in value else ""
        more = ["", f"There was no time for all; it ended{where}. Next: give a narrower path."]
    return "\n".join([*head, *body, *more]).strip("\n")


def _entry(entry: Value) -> str:
    said = [entry["path"] + _MARKS.get(entry["kind"], f" ({entry['kind']})")]
    if "size" in entry:
        said.append(_size(entry["size"]))
    if "entries" in entry:
        said.append(f"{entry['entries']} entries")
    said += [mark for mark in ("ignored", "odd") if mark in entry]
    return "  ".join([*said, *([entry["note"]] if "note" in entry else [])])


def _size(count: float) -> str:
    for unit in _UNITS:
        if count < _STEP or unit == _UNITS[-1]:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _STEP
    raise ValueError(count)


def _by_file(matches: Iterable[Value]) -> Iterator[str]:
    for number, (path, group) in enumerate(groupby(matches, key=lambda one: str(one["path"]))):
        if number:
            yield ""
        yield path
        yield from _lines(list(group))


def _lines(matches: list[Value]) -> Iterator[str]:
    """`12: text` for what matches, `11- text` around it, `--` where lines are left out."""
    shown: dict[int, str] = {}
    for match in matches:
        line = match["line"]
        before, after = match.get("before", ()), match.get("after", ())
        for number, text in enumerate(before, line - len(before)):
            shown.setdefault(number, f"{number}- {text}")
        for number, text in enumerate(after, line + 1):
            shown.setdefault(number, f"{number}- {text}")
    shown |= {match["line"]: f"{match['line']}: {match['text']}" for match in matches}
    has_context = any("before" in match or "after" in match for match in matches)
    last = None
    for number in sorted(shown):
        if has_context and last is not None and number > last + 1:
            yield "--"
        yield shown[number]
        last = number
