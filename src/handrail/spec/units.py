"""Durations and sizes as people write them: `"30s"`, `"10m"`, `"512MiB"`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {
    "B": 1,
    "kB": 1000,
    "KB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,9})?)"
_DURATION = f"{_NUMBER}(ms|s|m|h|d)"
_SIZE = f"{_NUMBER}(B|kB|KB|MB|GB|KiB|MiB|GiB)"


def seconds(text: object) -> float:
    """Read a duration such as `"30s"` or `"1h30m"` as seconds."""
    if not isinstance(text, str) or not re.fullmatch(f"(?:{_DURATION})+", text):
        raise ValueError('not a duration; write a number and a unit, like "30s", "10m" or "1h30m"')
    total = sum(float(n) * _SECONDS[unit] for n, unit in re.findall(_DURATION, text))
    if total <= 0:
        raise ValueError("a duration must be longer than zero")
    return total


def byte_count(text: object) -> int:
    """Read a size such as `"64KiB"` or `"1.5GB"` as bytes."""
    found = re.fullmatch(_SIZE, text) if isinstance(text, str) else None
    if found is None:
        raise ValueError('not a size; write a number and a unit, like "64KiB" or "512MiB"')
    total = int(float(found[1]) * _BYTES[found[2]])
    if total <= 0:
        raise ValueError("a size must be larger than zero")
    return total


Seconds = Annotated[
    float,
    BeforeValidator(seconds),
    WithJsonSchema({"type": "string", "pattern": f"^({_DURATION})+$", "examples": ["30s", "10m"]}),
]
"""A duration in the file, seconds in the model."""

Bytes = Annotated[
    int,
    BeforeValidator(byte_count),
    WithJsonSchema({"type": "string", "pattern": f"^{_SIZE}$", "examples": ["64KiB", "512MiB"]}),
]
"""A size in the file, bytes in the model."""


def duration_text(total: float) -> str:
    """`90.0` as `"90s"`, as a person would write it in the file."""
    for unit in ("d", "h", "m"):
        if total >= 2 * _SECONDS[unit] and total % _SECONDS[unit] == 0:
            return f"{int(total / _SECONDS[unit])}{unit}"
    return f"{total:g}s"


def size_text(total: int) -> str:
    """`65536` as `"64KiB"`, as a person would write it in the file."""
    for unit in ("GiB", "MiB", "KiB"):
        if total % _BYTES[unit] == 0:
            return f"{total // _BYTES[unit]}{unit}"
    return f"{total}B"
