"""JSON with comments, and entries put into it that leave all the rest as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handrail.diagnostic import Key
from handrail.spec import json_source
from handrail.spec.source import Source, Spots

_STRING = r'"(?:\\.|[^"\\])*"'
_COMMENT = re.compile(rf"{_STRING}|//[^\n]*|/\*.*?\*/", re.DOTALL)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.DOTALL)
_UNIT = "  "


def read(source: Source) -> object:
    """What the file says. Raises `SpecError` for what is not JSON with comments."""
    return json_source.parse(strict(source))


def spots(source: Source) -> Spots:
    """Where every key and value of a valid file is."""
    return json_source.spots(strict(source))


def strict(source: Source) -> Source:
    """The same in strict JSON, with everything at the same place."""
    return replace(source, text=_without(_LAST_COMMA, _without(_COMMENT, source.text)))


def put(source: Source, at: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    """The text with `entry` at the key path `at`, in place of what is there."""
    known = spots(source)
    if at in known:
        return _replaced(source, known[at].value, entry)
    there = max((path for path in known if path == at[: len(path)]), key=len)
    value: Mapping[str, Any] = entry
    for key in reversed(at[len(there) + 1 :]):
        value = {key: value}
    return _Object(source, there).with_member(at[len(there)], value)


def _without(what: re.Pattern[str], text: str) -> str:
    """Blanks in place of what matches and is no string."""
    return what.sub(
        lambda found: found[0] if found[0][0] == '"' else re.sub(r"[^\n]", " ", found[0]), text
    )


def _replaced(source: Source, start: int, entry: Mapping[str, Any]) -> str:
    text = source.text
    written = _indented(entry, _Object(source, ()).unit, _lead(text, start))
    return text[:start] + written + text[_end(strict(source).text, start) :]


class _Object:
    """One object of a file: where it begins and ends, and how its members are written."""

    def __init__(self, source: Source, path: tuple[Key, ...]) -> None:
        self.text = source.text
        self.strict = strict(source).text
        known = json_source.spots(strict(source))
        self.start = known[path].value
        self.close = _end(self.strict, self.start) - 1
        inside = [one for at, one in known.items() if at[:-1] == path and at != ()]
        self.first = inside[0].key if inside else None
        self.last = _end(self.strict, inside[-1].value) if inside else None
        root = next((one.key for at, one in known.items() if len(at) == 1), None)
        self.unit = (_own_lead(self.text, root) if root is not None else "") or _UNIT

    @property
    def indent(self) -> str:
        """What its members begin with, when each has a line of its own."""
        own = _own_lead(self.text, self.first) if self.first is not None else None
        return own if own is not None else _lead(self.text, self.start) + self.unit

    def with_member(self, name: str, value: Mapping[str, Any]) -> str:
        """The file with one member more at the end of this object, behind all comments."""
        tail = len(self.text[: self.close].rstrip())
        before, closing = self.text[:tail], self.text[tail : self.close]
        comma = ""
        if self.last is not None:
            bare = _without(_COMMENT, self.text)
            comma = "," if "," in bare[self.last : self.close] else ""
            if not comma:
                before = f"{self.text[: self.last]},{self.text[self.last : tail]}"
        if "\n" not in closing:
            closing = "\n" + _lead(self.text, self.start)
        written = _indented(value, self.unit, self.indent)
        member = f"\n{self.indent}{json.dumps(name)}: {written}{comma}"
        return before + member + closing + self.text[self.close :]


def _indented(value: Mapping[str, Any], unit: str, lead: str) -> str:
    return json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", f"\n{lead}")


def _end(text: str, start: int) -> int:
    """The end of the value that begins at `start`."""
    return json.JSONDecoder().raw_decode(text, start)[1]


def _lead(text: str, at: int) -> str:
    """The blanks that the line of `at` begins with."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _own_lead(text: str, at: int) -> str | None:
    """The blanks before `at`; None when something else is before it on its line."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return None if line.strip() else line
