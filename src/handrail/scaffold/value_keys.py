"""What a value of an example says of the param that it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from handrail.profiles.role import Role
from handrail.scaffold.imports.vetting import PATHS

_INTEGER = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LOOKS_LIKE_PATH = re.compile(r"\.{0,2}/.*|.*[^/]/.*|.+/|\.|[\w-]+\.[A-Za-z][A-Za-z0-9]{0,4}")
_WORD = re.compile(r"\w[\w.@+-]*( \w[\w.@+-]*)*")
_CHOICES = (
    ("auto", "always", "never"),
    ("yes", "no"),
    ("true", "false"),
    ("on", "off"),
    ("asc", "desc"),
    ("debug", "info", "warning", "error"),
)
_LONGEST = 200
_LEAST_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Value:
    """The keys of a param, a word for what it is, and the example's value as one of its type."""

    meaning: str
    keys: Mapping[str, Any]
    example: bool | int | float | str


def value_of(text: str, role: Role | None) -> Value | None:
    """What `text` is; None for what must stay as it is, by its role."""
    if role is Role.URL:
        return _url(text)
    if role in PATHS or role is Role.PATH:
        return Value("path", {"type": "path"}, text)
    if role in (Role.MAYBE, None) and _LOOKS_LIKE_PATH.fullmatch(text):
        return Value("path", {"type": "path"}, text)
    if role not in (Role.TEXT, Role.MAYBE, None):
        return None
    return _plain(text)


def alike(values: Sequence[Value | None]) -> Value | None:
    """What all of them are; None when they differ in more than their words."""
    known = [one for one in values if one is not None]
    first = known[0] if known else None
    if first is None or len(known) < len(values) or all(one.keys == first.keys for one in known):
        return first if len(known) == len(values) else None
    if any(one.meaning in ("path", "URL") for one in known):
        return None
    longest = max(_LONGEST, *(2 * len(str(one.example)) for one in known))
    return Value("text", {"max_length": longest}, str(first.example))


def as_one_of(item: Value, text: str) -> bool | int | float | str:
    """`text` as a value of the item's type."""
    return type(item.example)(text)


def _plain(text: str) -> Value:
    if _INTEGER.fullmatch(text):
        number = int(text)
        keys = {"type": "integer", "min": min(number, 1), "max": max(_LEAST_MOST, number * 10)}
        return Value("integer", keys, number)
    if _NUMBER.fullmatch(text):
        return Value("number", {"type": "number", "min": 0}, float(text))
    if _DATE.fullmatch(text):
        return Value("date", {"pattern": r"\d{4}-\d\d-\d\d"}, text)
    for choices in _CHOICES:
        if text in choices:
            return Value("choice", {"choices": list(choices)}, text)
    if _WORD.fullmatch(text):
        return Value("text", {"pattern": r"\w[\w .@+-]{0,99}"}, text)
    return Value("text", {"max_length": max(_LONGEST, 2 * len(text))}, text)


def _url(text: str) -> Value | None:
    """Addresses on the same host, and nothing else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return None
    begin = re.escape(f"{parts.scheme}://{parts.netloc}")
    pattern = rf"{begin}(/[A-Za-z0-9._~%/-]{{0,500}})?(\?[A-Za-z0-9._~%&=+-]{{0,500}})?"
    return Value("URL", {"pattern": pattern}, text) if re.fullmatch(pattern, text) else None
