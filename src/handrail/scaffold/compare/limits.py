"""Bounds, sizes and choices of two schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any, TypeGuard

from handrail.scaffold.compare.kind import Difference, Kind
from handrail.scaffold.compare.schemas import Schema, canonical, same

_TYPES = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))
_SIZED: Mapping[str, type[Any]] = {"Length": str, "Items": list, "Properties": dict}
_LEAST_SIZES = ("minLength", "minItems", "minProperties")
_MOST_SIZES = ("maxLength", "maxItems", "maxProperties")


def limits(given: Schema, taken: Schema) -> Iterator[Difference]:
    """How the bounds of a value differ, keyword by keyword."""
    yield from _choices(given, taken)
    yield from _bounds(given, taken)
    yield from _multiples(given, taken)
    yield from _sizes(given, taken)
    yield from _texts(given, taken)


def types(schema: Schema) -> frozenset[str]:
    """The types of values; an integer is a number, too."""
    said = schema.get("type", sorted(_TYPES))
    named = frozenset([said] if isinstance(said, str) else filter(_is_text, said or ()))
    return named | {"integer"} if "number" in named else named


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _choices(given: Schema, taken: Schema) -> Iterator[Difference]:
    before, after = choices(given), choices(taken)
    if before == after:
        return
    at = ("enum",) if "enum" in taken or "enum" in given else ("const",)
    lost = after is not None and (before is None or before - after)
    gained = before is not None and (after is None or after - before)
    if lost:
        yield Difference(Kind.CHOICES_NARROWED, at, _said(given), _said(taken))
    if gained:
        yield Difference(Kind.CHOICES_WIDENED, at, _said(given), _said(taken))


def choices(schema: Schema) -> frozenset[str] | None:
    """The only values, each in one way to write it; None for any."""
    said = _said(schema)
    return None if said is None else frozenset(map(canonical, said))


def _said(schema: Schema) -> list[Any] | None:
    if isinstance(schema.get("enum"), list):
        found: list[Any] = schema["enum"]
        return [one for one in found if "const" not in schema or same(one, schema["const"])]
    return [schema["const"]] if "const" in schema else None


def _bounds(given: Schema, taken: Schema) -> Iterator[Difference]:
    for name, sign in (("minimum", 1), ("maximum", -1)):
        before, after = _bound(given, name, sign), _bound(taken, name, sign)
        least = [sign * value for value in _said(given) or () if is_number(value)]
        floor = max(before, (min(least, default=inf), 0)) if _said(given) is not None else before
        shown = (_shown(given, name), _shown(taken, name))
        if after > floor:
            yield Difference(Kind.BOUND_TIGHTENED, (name,), *shown)
        elif after < before:
            yield Difference(Kind.BOUND_LOOSENED, (name,), *shown)


def _bound(schema: Schema, name: str, sign: int) -> tuple[float, int]:
    """The bound as one that is tighter the larger it is, and whether it is itself left out."""
    exclusive = f"exclusive{name.capitalize()}"
    said = ((schema.get(name), 0), (schema.get(exclusive), 1))
    found = [(sign * value, out) for value, out in said if is_number(value)]
    return max(found, default=(-inf, 0))


def _shown(schema: Schema, name: str) -> object:
    """The bound as it is written; an exclusive one says so."""
    exclusive = schema.get(f"exclusive{name.capitalize()}")
    return schema.get(name) if exclusive is None else f"beyond {exclusive}"


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a number in JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _multiples(given: Schema, taken: Schema) -> Iterator[Difference]:
    before, after = given.get("multipleOf"), taken.get("multipleOf")
    if same(before, after):
        return
    finer = isinstance(before, int) and isinstance(after, int) and after and before % after == 0
    kind = Kind.BOUND_LOOSENED if after is None or finer else Kind.BOUND_TIGHTENED
    yield Difference(kind, ("multipleOf",), before, after)


def _sizes(given: Schema, taken: Schema) -> Iterator[Difference]:
    for name in _LEAST_SIZES + _MOST_SIZES:
        sign = 1 if name in _LEAST_SIZES else -1
        before, after = _size(given, name, sign), _size(taken, name, sign)
        floor = max(before, _implied(given, name, sign))
        if after > floor:
            yield Difference(Kind.SIZE_TIGHTENED, (name,), given.get(name), taken.get(name))
        elif after < before:
            yield Difference(Kind.SIZE_LOOSENED, (name,), given.get(name), taken.get(name))
    if taken.get("uniqueItems", False) is not given.get("uniqueItems", False):
        unique = taken.get("uniqueItems") is True
        kind = Kind.SIZE_TIGHTENED if unique else Kind.SIZE_LOOSENED
        yield Difference(kind, ("uniqueItems",), not unique, unique)


def _size(schema: Schema, name: str, sign: int) -> float:
    value = schema.get(name)
    return sign * value if is_number(value) else -inf


def _implied(schema: Schema, name: str, sign: int) -> float:
    """What choices say of sizes: a text that is none of them need not fit."""
    kind = _SIZED[name[3:]]
    said = _said(schema)
    if said is None:
        return 0.0 if sign > 0 else -inf
    return min((sign * len(one) for one in said if isinstance(one, kind)), default=inf)


def _texts(given: Schema, taken: Schema) -> Iterator[Difference]:
    for name in ("pattern", "format"):
        before, after = given.get(name), taken.get(name)
        if not same(before, after):
            kind = Kind.PATTERN_GONE if after is None else Kind.PATTERN_OTHER
            yield Difference(kind, (name,), before, after)
