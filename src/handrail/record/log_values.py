"""Values of a log line keep their ends, so that nobody can make it as long as they like."""

from __future__ import annotations

from typing import Any

from structlog.typing import EventDict, WrappedLogger

from handrail.record.audit.shorten import Room, shorten

_MOST = 2048
"""Characters of a text, where nothing else is said."""
_MOST_OF = {"exception": 16_384}
_WORDS, _CHARACTERS = 128, 8192
"""Of all lists of a line."""


def bound(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The line with every value short enough."""
    room = Room(_WORDS, _CHARACTERS)
    return {name: _fitted(value, room, _MOST_OF.get(name, _MOST)) for name, value in event.items()}


def _fitted(value: Any, room: Room, most: int) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return shorten(value, most)
        case list() | tuple():
            return _listed(value, room, most)
        case _:  # whatever a library has for a value
            return shorten(repr(value), most)


def _listed(values: list[Any] | tuple[Any, ...], room: Room, most: int) -> list[Any]:
    if all(isinstance(one, str) for one in values):
        return room.words(values)
    return [_fitted(one, room, most) for one in values[:_WORDS]]
