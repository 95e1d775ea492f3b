"""`$ref` within one document, as deep as a description of an API may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOST_STEPS = 16
"""References that lead to references; a circle of them has no end."""


class References:
    """The places of one document. `notes` has what could not be found, each once."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self.whole = whole
        self.notes: dict[str, None] = {}

    def table(self, value: object) -> dict[str, Any]:
        """The table that `value` is, or refers to; an empty one when there is none."""
        for _ in range(_MOST_STEPS):
            if not isinstance(value, dict):
                return {}
            pointer = value.get("$ref")
            if not isinstance(pointer, str):
                return value
            value = self._at(pointer)
        self.notes["A $ref leads in a circle; what it stands for was left out."] = None
        return {}

    def _at(self, pointer: str) -> object:
        if not pointer.startswith("#/"):
            self.notes["A $ref leads out of the file; what it stands for was left out."] = None
            return None
        here: object = self.whole
        for step in pointer[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            here = here.get(name) if isinstance(here, dict) else None
        if here is None:
            self.notes["A $ref leads nowhere; what it stands for was left out."] = None
        return here
