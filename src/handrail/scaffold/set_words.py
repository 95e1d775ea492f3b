"""`--set KEY=VALUE` words as one document, so that what is wrong with them has a place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handrail.errors import SpecError, UsageError
from handrail.spec.document import Document
from handrail.spec.source import Source, Spot

_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_LISTS = ("use", "commands", "environment", "deny", "hosts", "credentials")
"""Keys that a plain word is one item of; said again, they get one more."""


def set_document(words: Sequence[str]) -> Document:
    """What `words` say: dotted keys, values as TOML where they are that, else text.

    Line 3 is the third of them. Raises `UsageError` for a word without `=`, and `SpecError`.
    """
    source = Source(Path("--set"), None, "\n".join(word.replace("\n", " ") for word in words))
    data: dict[str, Any] = {}
    spots: dict[tuple[str | int, ...], Spot] = {}
    begin = 0
    for word in words:
        name, equals, text = word.partition("=")
        key = name.strip()
        if not equals or not _KEY.fullmatch(key):
            raise UsageError(f"--set {word!r} is not KEY=VALUE", hint='--set changes="files"')
        spot = Spot(begin, begin + len(name) + 1)
        at = tuple(key.split("."))
        place = _put(data, at, _value(at, text))
        if place is None:
            problem = source.problem(spot.key, "E107", f'"{key}" is said twice')
            raise SpecError([problem])
        spots.update({at[:length]: spot for length in range(1, len(at))})
        spots[place] = spot
        spots.setdefault(at, spot)
        begin += len(word) + 1
    return Document(source, data, lambda _: spots)


def _value(at: tuple[str, ...], text: str) -> Any:
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        read = {"value": text}
    value = read["value"] if read.keys() == {"value"} else text
    return [value] if at[0] in _LISTS and len(at) == 1 and not isinstance(value, list) else value


def _put(data: dict[str, Any], at: tuple[str, ...], value: Any) -> tuple[str | int, ...] | None:
    """Add a value; its place, or None where there is one already."""
    for key in at[:-1]:
        data = data.setdefault(key, {})
        if not isinstance(data, dict):
            return None
    name = at[-1]
    if name not in data:
        data[name] = value
        return at
    if at in {(one,) for one in _LISTS}:
        data[name] += value
        return (*at, len(data[name]) - 1)
    return None
