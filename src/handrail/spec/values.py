"""Whether a value fits its param; the reasons are written for a model to correct itself.

Reasons never contain the value: it may be a secret, or ten megabytes long.
"""

from __future__ import annotations

import math
import re
from typing import TypeVar

from handrail.spec.kind import kind_of
from handrail.spec.param import ParamSpec, ParamType

Value = bool | int | float | str
"""One value of a param, checked."""

LONGEST_PATH = 4_096
"""Bytes in a path, as Linux counts them."""
LONGEST_NAME = 255
"""Bytes in one component of a path."""
_N = TypeVar("_N", int, int | float)
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_MOST_SHOWN = 20

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# A lone carriage return moves the cursor of whoever reads the log; with a line feed it is Windows.
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")


class BadValue(ValueError):
    """A value that does not fit: `reason` completes "NAME …", `allowed` says what would."""

    def __init__(self, reason: str, allowed: object | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.allowed = allowed


def check_value(param: ParamSpec, value: object) -> Value | tuple[Value, ...]:
    """Return `value` as the planner may use it, or raise `BadValue`."""
    if not param.repeat:
        return _check_one(param, value)
    if not isinstance(value, list | tuple):
        raise BadValue(f"must be a list, not {kind_of(value)}")
    if len(value) > param.most_items:
        raise BadValue(f"must have at most {_count(param.most_items, 'item')}", param.most_items)
    return tuple(_check_item(param, number, item) for number, item in enumerate(value, start=1))


def _check_item(param: ParamSpec, number: int, item: object) -> Value:
    try:
        return _check_one(param, item)
    except BadValue as wrong:
        raise BadValue(f"item {number} {wrong.reason}", wrong.allowed) from None


def _check_one(param: ParamSpec, value: object) -> Value:
    checked = _typed(param, value)
    if param.choices is not None and checked not in param.choices:
        raise BadValue(f"must be one of: {_listed(param.choices)}", list(param.choices))
    return checked


def _typed(param: ParamSpec, value: object) -> Value:
    match param.type:
        case ParamType.STRING:
            return _text(param, _string(value))
        case ParamType.PATH:
            return _path(param, _string(value))
        case ParamType.BOOLEAN:
            return _boolean(value)
        case ParamType.INTEGER:
            return _bounded(param, _integer(value))
        case ParamType.NUMBER:
            return _bounded(param, _number(value))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise BadValue(f"must be a string, not {kind_of(value)}")
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"must be true or false, not {kind_of(value)}", [True, False])
    return value


def _integer(value: object) -> int:
    # 3.0 is an integer: JSON has one kind of number, and some clients write them all so.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(f"must be an integer, not {kind_of(value)}")
    return _in_64_bits(value)


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(f"must be a number, not {kind_of(value)}")
    if isinstance(value, int):
        return _in_64_bits(value)
    if not math.isfinite(value):
        raise BadValue("must be a finite number")
    return value


def _in_64_bits(value: int) -> int:
    if not _SMALLEST <= value <= _LARGEST:
        raise BadValue("must fit in 64 bits")
    return value


def _bounded(param: ParamSpec, value: _N) -> _N:
    allowed = {"min": param.min, "max": param.max}
    if param.min is not None and value < param.min:
        raise BadValue(f"must be at least {param.min}", allowed)
    if param.max is not None and value > param.max:
        raise BadValue(f"must be at most {param.max}", allowed)
    return value


def _text(param: ParamSpec, value: str) -> str:
    # Lengths first: a regular expression over ten megabytes is an attack.
    if len(value) > param.longest:
        raise BadValue(f"must have at most {_count(param.longest, 'character')}", param.longest)
    _encoded(value)
    if param.multiline and _CONTROL_IN_LINES.search(value):
        raise BadValue("must not contain control characters, except tabs and line breaks")
    if not param.multiline and _CONTROL.search(value):
        raise BadValue("must not contain control characters, tabs or line breaks")
    if param.pattern is not None and not re.fullmatch(param.pattern, value):
        raise BadValue(f"must match the pattern {param.pattern}", param.pattern)
    return value


def _path(param: ParamSpec, value: str) -> str:
    if not value:
        raise BadValue("must not be empty")
    path = _text(param, value)
    if len(_encoded(path)) > LONGEST_PATH:
        raise BadValue(f"must have at most {LONGEST_PATH} bytes", LONGEST_PATH)
    if any(len(_encoded(name)) > LONGEST_NAME for name in path.split("/")):
        raise BadValue(f"must have at most {LONGEST_NAME} bytes between slashes", LONGEST_NAME)
    return path


def _encoded(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise BadValue("must be valid Unicode, without lone surrogates") from None


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _listed(choices: tuple[Value, ...]) -> str:
    shown = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in choices]
    more = len(shown) - _MOST_SHOWN
    return ", ".join(shown[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
