"""JSON Schemas of others become params: what they bound stays bound, the rest is noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from handrail.scaffold.imports.wording import cleaned, sentence
from handrail.spec.backtracking import super_linear

_LARGEST = 2**63 - 1
_MOST_CHOICES = 200
_LONGEST_TEXT = 1_048_576
_GROUP = re.compile(r"\((?:[^()\\]|\\.)*\)")
_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def param_of(schema: Mapping[str, Any], about: object = None) -> dict[str, Any]:
    """The keys of a param for one value of this schema; a string where it says nothing.

    Lists are `repeat`, with the keys of an item. What has no place in a param is left out.
    """
    kind = kind_of(schema)
    if kind == "array":
        items = schema.get("items")
        inner = param_of(items) if isinstance(items, Mapping) else {}
        inner.pop("default", None)
        return {**inner, "repeat": True, **_told(schema, about)}
    found: dict[str, Any] = {"type": _TYPES.get(kind, "string")}
    if choices := _choices(schema, found["type"]):
        found["choices"] = choices
    elif found["type"] in ("integer", "number"):
        found |= _bounds(schema)
    elif found["type"] == "string":
        found |= _lengths(schema)
    return {**found, **_default(schema, found), **_told(schema, about)}


def kind_of(schema: Mapping[str, Any]) -> str:
    """The type that a schema names; of several, the first that is not null."""
    named = schema.get("type")
    kinds = named if isinstance(named, list) else [named]
    return next((kind for kind in kinds if isinstance(kind, str) and kind != "null"), "")


def _choices(schema: Mapping[str, Any], kind: str) -> list[Any]:
    listed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if not isinstance(listed, list) or kind == "boolean":
        return []
    fit = [one for one in listed if _fits(one, kind)]
    return fit if 0 < len(fit) <= _MOST_CHOICES else []


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 200
    if isinstance(value, bool):
        return kind == "boolean"
    numbers = int if kind == "integer" else int | float
    return isinstance(value, numbers) and abs(value) <= _LARGEST


def _bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "min": _number(schema.get("minimum")),
        "max": _number(schema.get("maximum")),
    }
    bounds = {key: value for key, value in found.items() if value is not None}
    return {} if bounds.get("min", 0) > bounds.get("max", _LARGEST) else bounds


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # NaN is no less than itself.
    return value if is_number and abs(value) <= _LARGEST else None


def _lengths(schema: Mapping[str, Any]) -> dict[str, Any]:
    longest, pattern = schema.get("maxLength"), schema.get("pattern")
    found: dict[str, Any] = {}
    if isinstance(longest, int) and not isinstance(longest, bool):
        found["max_length"] = min(max(longest, 1), _LONGEST_TEXT)
    if isinstance(pattern, str) and (usable := whole_pattern(pattern)):
        found["pattern"] = usable
    return found


def whole_pattern(pattern: str) -> str | None:
    """A pattern for the whole value, of one that is searched for; None where that is not sure."""
    if len(pattern) > 500 or not pattern.isprintable():
        return None
    start, end = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    body = pattern[start : len(pattern) - end]
    if "|" in body and (start or end) and not _GROUP.fullmatch(body):
        return None  # of `^a|b$` each anchor belongs to one side
    whole = f"{'' if start else '(?s:.*)'}{body}{'' if end else '(?s:.*)'}"
    try:
        re.compile(whole)
    except (re.error, OverflowError, RecursionError):
        return None
    return None if super_linear(whole) else whole


def _default(schema: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    value = schema.get("default")
    if value is None or not _fits(value, found["type"]):
        return {}
    is_bounded = "choices" in found and value not in found["choices"]
    number = value if isinstance(value, int | float) else None
    beyond = number is not None and not (
        found.get("min", -_LARGEST) <= number <= found.get("max", _LARGEST)
    )
    unfit = isinstance(value, str) and not (
        re.fullmatch(found.get("pattern", "(?s:.*)"), value)
        and len(value) <= found.get("max_length", 4096)
        and not value.startswith("-")
    )
    return {} if is_bounded or beyond or unfit else {"default": value}


def _told(schema: Mapping[str, Any], about: object) -> dict[str, Any]:
    said = sentence(cleaned(about or schema.get("description"), 160))
    return {"description": said} if said else {}
