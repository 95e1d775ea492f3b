"""Server files in YAML 1.2, core schema, and no more of it than JSON can say.

Built from the parser's events, so that what is refused is refused where it stands: anchors,
aliases, tags, merge keys, directives, a second document, keys that are not text or there
twice. No value means anything but what YAML 1.2 says: `no` is text, `0755` is a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from handrail.diagnostic import Diagnostic, Key
from handrail.errors import SpecError
from handrail.spec.source import Source, Spot, Spots, twice

_PLAIN: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]{1,4000}"), int),
    (re.compile(r"0o[0-7]{1,22}"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,16}"), lambda text: int(text[2:], 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)"), lambda text: -math.inf if text[0] == "-" else math.inf),
    (re.compile(r"\.(nan|NaN|NAN)"), lambda _: math.nan),
)
"""How a plain scalar is read: the core schema of YAML 1.2, §10.3.2."""


def parse(source: Source) -> object:
    """What the file says. Raises `SpecError` for all that is not strict YAML."""
    builder = _Builder(source)
    try:
        data = builder.build()
    except RecursionError:
        raise SpecError([source.problem(0, "E106", "not valid YAML: nested too deeply")]) from None
    if builder.problems:
        raise SpecError(builder.problems)
    return data


def spots(source: Source) -> Spots:
    """Where every key and value of a valid file is."""
    builder = _Builder(source)
    builder.build()
    return builder.spots


def _events(source: Source) -> Iterator[Any]:
    # ruamel.yaml takes 20 ms to import, and most files are TOML.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(source.text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        message = f"not valid YAML: {wrong.problem or wrong.context}"
        raise SpecError([source.problem(mark.index if mark else 0, "E106", message)]) from None
    except YAMLError as wrong:
        offset = getattr(wrong, "position", 0)
        message = "not valid YAML: a control character"
        raise SpecError([source.problem(offset, "E106", message)]) from None


class _Builder:
    """Builds the data from the events: `spots` of keys and values, `problems` on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.spots: dict[tuple[Key, ...], Spot] = {}
        self.problems: list[Diagnostic] = []
        self._events = _events(source)

    def build(self) -> object:
        data: object = None
        documents = 0
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                self._judge_document(event, documents)
            elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"):
                value = self._value(event, ())
                data = value if documents == 1 else data
        return data

    def _judge_document(self, event: Any, number: int) -> None:
        if number > 1:
            self._refuse(event, "a second document")
        if event.version or event.tags:
            self._refuse(event, "a directive")

    def _value(self, event: Any, path: tuple[Key, ...]) -> object:
        if event.anchor is not None:
            alias = type(event).__name__ == "AliasEvent"
            self._refuse(event, "an alias" if alias else "an anchor")
        if getattr(event, "tag", None) is not None:
            self._refuse(event, "a tag")
        match type(event).__name__:
            case "MappingStartEvent":
                return self._mapping(path)
            case "SequenceStartEvent":
                return self._sequence(path)
            case "ScalarEvent":
                return _scalar(event)
            case _:
                return None

    def _mapping(self, path: tuple[Key, ...]) -> dict[str, object]:
        table: dict[str, object] = {}
        while type(key := next(self._events)).__name__ != "MappingEndEvent":
            name = self._key(key, path)
            value = next(self._events)
            spot = Spot(key.start_mark.index, value.start_mark.index)
            if name in table:
                first = self.spots[*path, name].key
                self.problems.append(twice(self.source, name, first, spot.key))
            self.spots.setdefault((*path, name), spot)
            table[name] = self._value(value, (*path, name))
        return table

    def _key(self, event: Any, path: tuple[Key, ...]) -> str:
        name = self._value(event, (*path, ""))
        if name == "<<" and event.style is None:
            self._refuse(event, "a merge key")
        elif not isinstance(name, str):
            self._refuse(event, "a key that is not text", "Put it in quotes.")
        return str(name)

    def _sequence(self, path: tuple[Key, ...]) -> list[object]:
        items: list[object] = []
        while type(item := next(self._events)).__name__ != "SequenceEndEvent":
            start = item.start_mark.index
            self.spots[*path, len(items)] = Spot(start, start)
            items.append(self._value(item, (*path, len(items))))
        return items

    def _refuse(self, event: Any, what: str, hint: str | None = None) -> None:
        offset = event.start_mark.index
        self.problems.append(
            self.source.problem(offset, "E111", f"{what} is not allowed in a server file", hint)
        )


def _scalar(event: Any) -> object:
    text: str = event.value
    if event.style is not None:
        return text
    return next((read(text) for form, read in _PLAIN if form.fullmatch(text)), text)
