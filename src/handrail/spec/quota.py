"""So much in so much time, as people write it: `"1000/day"`, `"20m/hour"`, `"1GiB/day"`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from handrail.spec.units import byte_count, duration_text, seconds

_WINDOWS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
LONGEST_SECONDS = 366 * 86_400
_WINDOW = "second|minute|hour|day|week|[0-9]{1,6}[smhd]"
_COUNT = "[1-9][0-9]{0,8}"
_LARGEST_RATE = 100_000


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `amount` in every window of `seconds`; windows begin at multiples of their length.

    The unit of `amount` is that of its kind: calls, milliseconds or bytes.
    """

    amount: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` calls in any stretch of `seconds`, and `burst` of them at once."""

    amount: int
    seconds: int
    burst: int


def _window(text: str) -> int:
    length = _WINDOWS.get(text)
    if length is None:
        if not re.fullmatch(_WINDOW, text):
            raise ValueError(f"no time: {text!r}; write second, minute, hour, day, week, or 15m")
        length = int(seconds(text))
    if not 1 <= length <= LONGEST_SECONDS:
        raise ValueError("the time is longer than a year, or nothing")
    return length


def _split(text: object, example: str) -> tuple[str, int]:
    if not isinstance(text, str) or "/" not in text:
        raise ValueError(f'not an amount in a time; write it like "{example}"')
    amount, _, window = text.partition("/")
    return amount.strip(), _window(window.strip())


def _count(text: str) -> int:
    if not re.fullmatch(_COUNT, text):
        raise ValueError(f"{text!r} is no number of calls")
    return int(text)


def _quota(read: Callable[[str], int], example: str) -> Callable[[object], Quota]:
    def parse(text: object) -> Quota:
        if isinstance(text, Quota):
            return text
        amount, window = _split(text, example)
        return Quota(read(amount), window)

    return parse


def _rate(text: object) -> Rate:
    if isinstance(text, Rate):
        return text
    bare, _, burst = text.partition(" burst ") if isinstance(text, str) else (text, "", "")
    amount, window = _split(bare, "60/minute")
    most = _count(amount)
    if most > _LARGEST_RATE:
        raise ValueError(f"a rate counts at most {_LARGEST_RATE:,} calls; for more, use a quota")
    at_once = _count(burst) if burst else most
    if at_once > most:
        raise ValueError("the burst is larger than the rate itself")
    return Rate(most, window, at_once)


def _schema(amount: str, *examples: str, after: str = "") -> dict[str, Any]:
    pattern = f"^{amount} ?/ ?({_WINDOW}){after}$"
    return {"type": "string", "pattern": pattern, "examples": list(examples)}


Calls = Annotated[
    Quota,
    BeforeValidator(_quota(_count, "1000/day")),
    WithJsonSchema(_schema(_COUNT, "1000/day")),
]
"""A number of calls in a time."""
Time = Annotated[
    Quota,
    BeforeValidator(_quota(lambda text: int(seconds(text) * 1000), "20m/hour")),
    WithJsonSchema(_schema("[0-9.a-z]+", "20m/hour")),
]
"""A duration in a time; milliseconds in the model."""
Volume = Annotated[
    Quota,
    BeforeValidator(_quota(byte_count, "1GiB/day")),
    WithJsonSchema(_schema("[0-9.]+[A-Za-z]+", "1GiB/day")),
]
"""A size in a time; bytes in the model."""
CallRate = Annotated[
    Rate,
    BeforeValidator(_rate),
    WithJsonSchema(_schema(_COUNT, "60/minute", "60/minute burst 10", after=f"( burst {_COUNT})?")),
]
"""How often something may be called."""


def window_text(total: int) -> str:
    """`86400` as `"day"`, as a person would write it in the file."""
    names = {length: name for name, length in _WINDOWS.items()}
    return names.get(total) or duration_text(total)
