"""What a tool of the builder is given: strings and objects, each with its bound."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from handrail.errors import ArgumentError
from handrail.spec.document import printable
from handrail.spec.kind import kind_of
from handrail.spec.plain import DEEPEST, encodes
from handrail.spec.suggest import did_you_mean

LARGEST_BYTES = 256 * 1024
"""Of answers."""
_MOST_KEYS = 128
_MOST_ENTRIES = 200
"""Commands, tools and the like: each takes a while to be understood."""


@dataclass(frozen=True, slots=True)
class Param:
    """One argument: a string of at most `most` characters, or an object of at most `most` bytes."""

    kind: Literal["string", "object"]
    description: str
    most: int = LARGEST_BYTES
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """What clients are told of it."""
        bound = "maxLength" if self.kind == "string" else "maxProperties"
        most = self.most if self.kind == "string" else _MOST_KEYS
        return {"type": self.kind, bound: most, "description": self.description}


Params = Mapping[str, Param]


def arguments_schema(params: Params) -> dict[str, Any]:
    """The schema of a tool's arguments: closed, with every bound."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: param.schema() for name, param in params.items()},
        "additionalProperties": False,
    }
    required = [name for name, param in params.items() if param.required]
    return {**schema, "required": required} if required else schema


def checked(params: Params, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are given; `null` means unset. Raises `ArgumentError`."""
    for name in arguments:
        if name not in params:
            shown = ascii(name[:64])[1:-1]
            message = f"there is no argument `{shown}`{did_you_mean(shown, params)}"
            raise ArgumentError(message, field=shown, allowed=list(params))
    for name, param in params.items():
        if arguments.get(name) is not None:
            _check(name, param, arguments[name])
        elif param.required:
            raise ArgumentError(f"`{name}` is required", field=name, hint=param.description)
    return {name: value for name, value in arguments.items() if value is not None}


def _check(name: str, param: Param, value: object) -> None:
    if not isinstance(value, str if param.kind == "string" else dict):
        wanted = "a string" if param.kind == "string" else "an object"
        raise ArgumentError(f"`{name}` must be {wanted}, not {kind_of(value)}", field=name)
    if isinstance(value, str):
        _check_text(name, value, param.most)
    elif isinstance(value, dict):
        _check_object(name, value, param.most)


def _check_text(name: str, value: str, most: int) -> None:
    if len(value) > most:
        raise ArgumentError(f"`{name}` is longer than {most:,} characters", field=name)
    if not encodes(value):
        raise ArgumentError(f"`{name}` must be valid Unicode", field=name)


def _check_object(name: str, value: dict[str, Any], most: int) -> None:
    if len(value) > _MOST_KEYS:
        raise ArgumentError(f"`{name}` has more than {_MOST_KEYS} keys", field=name)
    for key, inner in value.items():
        if isinstance(inner, list) and len(inner) > _MOST_ENTRIES:
            message = f"`{name}` has more than {_MOST_ENTRIES} entries in {key}"
            raise ArgumentError(printable(message), field=name)
    if _is_deeper(value, DEEPEST):
        message = f"`{name}` is nested more than {DEEPEST} levels deep"
        raise ArgumentError(message, field=name)
    if len(json.dumps(value, ensure_ascii=False).encode(errors="replace")) > most:
        raise ArgumentError(f"`{name}` is larger than {most:,} bytes as JSON", field=name)


def _is_deeper(value: object, levels: int) -> bool:
    """Whether tables and lists are nested deeper; a level at a time, however deep it is."""
    level: list[object] = [value]
    for _ in range(levels + 1):
        level = [inner for one in level for inner in _inside(one)]
    return bool(level)


def _inside(value: object) -> list[object]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
