"""What each operation's result says to a model, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handrail.spec.files import Operation

Value = Mapping[str, Any]


def _read(value: Value) -> str:
    return str(value["text"])


TELL: Mapping[Operation, Callable[[Value], str]] = {
    Operation.READ: _read,
}
"""By operation."""
