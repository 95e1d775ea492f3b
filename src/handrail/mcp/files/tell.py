"""What each operation's result says to a model, as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from handrail.mcp.files.reading import tell_read, tell_stat
from handrail.spec.files import Operation

Value = Mapping[str, Any]

TELL: Mapping[Operation, Callable[[Value], str]] = {
    Operation.READ: tell_read,
    Operation.STAT: tell_stat,
}
"""By operation."""
