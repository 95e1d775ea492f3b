"""What a server file may not hold, whatever the key: dates, infinities, broken text, depth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from handrail.diagnostic import Finding, Key
from handrail.spec.keys import dotted

DEEPEST = 32
"""Tables and lists inside each other."""
_BROKEN = "must be valid Unicode, without lone surrogates"


def unplain(value: Any, at: tuple[Key, ...] = ()) -> Iterator[Finding]:
    """A finding for every value that no key of the format can take."""
    if len(at) > DEEPEST:
        yield Finding(at, "E102", "nested too deeply")
        return
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from unplain(inner, (*at, key))
            if isinstance(key, str) and not encodes(key):
                yield Finding((*at, key), "E102", f"a key {_BROKEN}", on_key=True)
    elif isinstance(value, date | time):
        yield Finding(
            at, "E102", f"{dotted(at)}: a date or time has no meaning here", "Put it in quotes."
        )
    elif isinstance(value, float) and not math.isfinite(value):
        yield Finding(at, "E102", f"{dotted(at)}: must be a finite number")
    elif isinstance(value, str) and not encodes(value):
        yield Finding(at, "E102", f"{dotted(at)}: {_BROKEN}")


def encodes(text: str) -> bool:
    """Whether UTF-8 can say it: JSON can write half of a character, Linux can hold any bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
