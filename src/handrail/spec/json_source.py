"""Server files in JSON: strict, and no key twice."""

from __future__ import annotations

import json
import re
from typing import Any

from handrail.diagnostic import Key
from handrail.errors import SpecError
from handrail.spec.source import Source, Spot, Spots, twice

_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_SCALAR = re.compile(r"[^\s,\]}]+")


def parse(source: Source) -> object:
    """What the file says. Raises `SpecError` for what is not JSON, and for keys given twice."""
    repeating: list[dict[str, Any]] = []
    try:
        data = json.loads(source.text, object_pairs_hook=lambda pairs: _object(pairs, repeating))
    except json.JSONDecodeError as wrong:
        reason = f"not valid JSON: {wrong.msg[:1].lower()}{wrong.msg[1:]}"
        raise SpecError([source.problem(wrong.pos, "E106", reason)]) from None
    except RecursionError:
        raise SpecError([source.problem(0, "E106", "not valid JSON: nested too deeply")]) from None
    except ValueError:
        # Python converts no integer of thousands of digits.
        raise SpecError(
            [source.problem(0, "E106", "not valid JSON: a number is too long")]
        ) from None
    if repeating:
        raise SpecError([twice(source, *where) for where in _Scanner(source.text).twice])
    return data


def spots(source: Source) -> Spots:
    """Where every key and value of a valid file is."""
    return _Scanner(source.text).spots


def _object(pairs: list[tuple[str, Any]], repeating: list[dict[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeating.append(table)
    return table


class _Scanner:
    """One walk over a valid text: `spots` of keys and values, and keys that are there `twice`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spots: dict[tuple[Key, ...], Spot] = {}
        self.twice: list[tuple[str, int, int]] = []
        start = self._skip(0)
        self.spots[()] = Spot(start, start)
        self._value((), start)

    def _value(self, path: tuple[Key, ...], at: int) -> int:
        match self.text[at]:
            case "{":
                return self._members(path, at)
            case "[":
                return self._items(path, at)
            case '"':
                return _end(_STRING, self.text, at)
            case _:
                return _end(_SCALAR, self.text, at)

    def _members(self, path: tuple[Key, ...], at: int) -> int:
        at = self._skip(at + 1)
        while self.text[at] != "}":
            end = _end(_STRING, self.text, at)
            name = str(json.loads(self.text[at:end]))
            value = self._skip(self._skip(end) + 1)
            if (*path, name) in self.spots:
                self.twice.append((name, self.spots[*path, name].key, at))
            self.spots.setdefault((*path, name), Spot(at, value))
            at = self._next(self._value((*path, name), value))
        return at + 1

    def _items(self, path: tuple[Key, ...], at: int) -> int:
        at, index = self._skip(at + 1), 0
        while self.text[at] != "]":
            self.spots[*path, index] = Spot(at, at)
            at = self._next(self._value((*path, index), at))
            index += 1
        return at + 1

    def _next(self, at: int) -> int:
        at = self._skip(at)
        return self._skip(at + 1) if self.text[at] == "," else at

    def _skip(self, at: int) -> int:
        return _end(_BLANK, self.text, at)


def _end(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    # The text is known to be JSON: what is looked for is there.
    return found.end() if found else len(text)
