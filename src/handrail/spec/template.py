"""Text with `{name}` places, and nothing cleverer: no expressions, no format codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from handrail.spec.model import refusal

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_TOKEN = re.compile(rf"\{{\{{|\}}\}}|\{{({NAME})\}}|[{{}}]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template, filled with a param's value."""

    name: str


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text and slots, in order; `{{` and `}}` in the source are literal braces."""

    source: str
    parts: tuple[str | Slot, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The params that this template needs, in order of use."""
        return tuple(part.name for part in self.parts if isinstance(part, Slot))

    @property
    def only_slot(self) -> str | None:
        """The param's name when the template is `"{name}"` and nothing else."""
        match self.parts:
            case (Slot(name),):
                return name
            case _:
                return None

    @classmethod
    def parse(cls, source: str) -> Template:
        """Split `source` into text and slots; `ValueError` names the brace that is off."""
        if "\0" in source:
            raise ValueError("a NUL character cannot be part of an argument")
        parts: list[str | Slot] = []
        text, end = "", 0
        for token in _TOKEN.finditer(source):
            text += source[end : token.start()]
            end = token.end()
            if token[1] is None:
                text += _brace(token[0], source, token.start())
                continue
            parts += [text, Slot(token[1])] if text else [Slot(token[1])]
            text = ""
        text += source[end:]
        return cls(source, tuple([*parts, text] if text or not parts else parts))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_parse_in_file, handler(str))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "description": "Text with {param} places; {{ and }} are braces."}


def _parse_in_file(source: str) -> Template:
    try:
        return Template.parse(source)
    except ValueError as wrong:
        raise refusal("E201", str(wrong)) from None


def _brace(token: str, source: str, at: int) -> str:
    if len(token) == 2:
        return token[0]
    raise ValueError(
        f"stray `{token}` at character {at + 1}; "
        "write {param} for a place, or double the brace for a literal one"
    )
