"""Differences of schemas as coded changes, in sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping

from handrail.scaffold.compare.change import At
from handrail.scaffold.compare.codes import BREAKING
from handrail.scaffold.compare.kind import Difference, Kind
from handrail.spec.document import printable

_LONGEST = 80
"""Characters that are shown of a value."""

INPUT: Mapping[Kind, tuple[str, str]] = {
    Kind.GONE: ("B002", "is gone"),
    Kind.NEW_REQUIRED: ("B003", "is new, and must be given"),
    Kind.REQUIRED: ("B003", "must be given, and could be left out"),
    Kind.TYPE_NARROWED: ("B004", "is of another type"),
    Kind.CHOICES_NARROWED: ("B005", "takes fewer values"),
    Kind.BOUND_TIGHTENED: ("B006", "has a tighter bound"),
    Kind.PATTERN_OTHER: ("B007", "must match another pattern"),
    Kind.SIZE_TIGHTENED: ("B008", "has a tighter bound"),
    Kind.DEFAULT: ("B009", "has another default"),
    Kind.CLOSED: ("B010", "takes nothing any more that is not declared"),
    Kind.FORM_GONE: ("B011", "takes a form of values no more"),
    Kind.OTHER: ("B012", "has other conditions, which are not compared"),
    Kind.NEW: ("C002", "is new, and may be left out"),
    Kind.OPTIONAL: ("C003", "may be left out, and had to be given"),
    Kind.TYPE_WIDENED: ("C004", "is of more types"),
    Kind.CHOICES_WIDENED: ("C005", "takes more values"),
    Kind.BOUND_LOOSENED: ("C006", "has a wider bound"),
    Kind.PATTERN_GONE: ("C007", "need not match a pattern any more"),
    Kind.SIZE_LOOSENED: ("C008", "has a wider bound"),
    Kind.OPENED: ("C010", "takes what is not declared"),
    Kind.FORM_NEW: ("C011", "takes values of more forms"),
    Kind.DESCRIPTION: ("C402", "is described otherwise"),
}
"""Old values are given, and the new schema takes them."""

OUTPUT: Mapping[Kind, tuple[str, str]] = {
    Kind.NEW: ("B102", "is gone"),
    Kind.NEW_REQUIRED: ("B102", "is gone"),
    Kind.TYPE_NARROWED: ("B103", "may be of another type"),
    Kind.FORM_GONE: ("B103", "may be of another form"),
    Kind.REQUIRED: ("B104", "may be absent, and was always there"),
    Kind.CHOICES_NARROWED: ("B105", "may be what it could not be"),
    Kind.BOUND_TIGHTENED: ("B105", "may be beyond its bound"),
    Kind.PATTERN_OTHER: ("B105", "may match another pattern, or none"),
    Kind.SIZE_TIGHTENED: ("B105", "may be beyond its bound"),
    Kind.OTHER: ("B106", "has other conditions, which are not compared"),
    Kind.GONE: ("C102", "is new"),
    Kind.TYPE_WIDENED: ("C103", "is of fewer types"),
    Kind.FORM_NEW: ("C103", "is of fewer forms"),
    Kind.OPTIONAL: ("C104", "is always there, and could be absent"),
    Kind.CHOICES_WIDENED: ("C105", "is one of fewer values"),
    Kind.BOUND_LOOSENED: ("C105", "has a tighter bound"),
    Kind.PATTERN_GONE: ("C105", "matches a pattern"),
    Kind.SIZE_LOOSENED: ("C105", "has a tighter bound"),
    Kind.CLOSED: ("C106", "may have what is not declared"),
    Kind.OPENED: ("C106", "has only what is declared"),
    Kind.DESCRIPTION: ("C402", "is described otherwise"),
}
"""New results are given, and clients take them by the old schema. Defaults mean nothing there."""

_WITHOUT_VALUES = frozenset(
    [
        *(Kind.GONE, Kind.NEW, Kind.NEW_REQUIRED, Kind.REQUIRED, Kind.OPTIONAL, Kind.CLOSED),
        *(Kind.OPENED, Kind.FORM_GONE, Kind.FORM_NEW, Kind.DESCRIPTION, Kind.OTHER),
    ]
)


def breaking(table: Mapping[Kind, tuple[str, str]]) -> frozenset[Kind]:
    """The kinds of differences that break clients."""
    return frozenset(kind for kind, (code, _) in table.items() if code in BREAKING)


def sentence(what: str, phrase: str, one: Difference, values: tuple[object, object]) -> str:
    """What is otherwise, with the value before and after where they tell more."""
    subject = named(one.at) or f"the {what}s together"
    text = f"{what} {subject} {phrase}" if named(one.at) else f"{subject}: {phrase}"
    if one.kind in _WITHOUT_VALUES:
        return printable(text)
    before, after = map(shown, values)
    return printable(f"{text}: {one.at[-1]} was {before}, is {after}")


def named(at: At) -> str:
    """The param or field at a place: `path`, `options.depth`, `words[]`."""
    name, steps = "", iter(at)
    for step in steps:
        if step == "properties":
            name += f".{next(steps, '')}" if name else str(next(steps, ""))
        elif step == "items":
            name += "[]"
        elif step == "additionalProperties" and name:
            name += ".*"
    return name


def shown(value: object) -> str:
    """A value in little space."""
    if value is None:
        return "none"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
