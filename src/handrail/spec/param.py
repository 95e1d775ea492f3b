"""A declared parameter: its type and its bounds."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema

from handrail.spec.model import Table

Scalar = bool | int | float | str
"""What one value of a param can be."""

LONGEST_TEXT = 4_096
"""Characters in a string param that sets no `max_length`."""
LONGEST_MULTILINE = 262_144
"""Characters in a `multiline` param that sets no `max_length`."""
LONGEST_REGEX = 1_000
"""Characters in a regular expression."""
MOST_ITEMS = 100
"""Items in a repeated param that sets no `max_items`."""


class ParamType(StrEnum):
    """What a param's value is."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    PATH = "path"


def _regex(source: str) -> str:
    if len(source) > LONGEST_REGEX:
        raise ValueError(f"a regular expression has at most {LONGEST_REGEX} characters")
    try:
        re.compile(source)
    except (re.error, OverflowError, RecursionError) as wrong:
        raise ValueError(f"not a regular expression: {wrong}") from None
    return source


def _list_or_one(value: Any) -> str:
    """Which form a raw value has, so that errors speak of that form only."""
    return "<list>" if isinstance(value, list | tuple) else "<one>"


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a bound must be a finite number")
    return value


# Without "format": "regex" in the schema: editors would hold Python's to JavaScript's.
Regex = Annotated[
    str, AfterValidator(_regex), WithJsonSchema({"type": "string", "maxLength": LONGEST_REGEX})
]
"""A Python regular expression, checked when the file is read."""

Bound = Annotated[int | float, AfterValidator(_finite)]


ScalarOrList = Annotated[
    Annotated[Scalar, Tag("<one>")] | Annotated[tuple[Scalar, ...], Tag("<list>")],
    Discriminator(_list_or_one),
]
"""A value of a param, or of a repeated one."""


class ParamSpec(Table):
    """One parameter of a tool."""

    type: ParamType = ParamType.STRING
    """string, integer, number, boolean, or path (a file or directory in the workspace)."""
    description: str | None = None
    """What the value means; the model reads this."""
    required: bool = False
    """The caller must give a value."""
    default: ScalarOrList | None = None
    """The value when the caller gives none."""
    repeat: bool = False
    """The value is a list."""
    choices: tuple[Scalar, ...] | None = Field(default=None, min_length=1)
    """The only values allowed."""
    pattern: Regex | None = None
    """A regular expression that the whole value must match."""
    min: Bound | None = None
    """The smallest number allowed."""
    max: Bound | None = None
    """The largest number allowed."""
    max_length: int | None = Field(default=None, ge=1, le=1_048_576)
    """The most characters allowed."""
    max_items: int | None = Field(default=None, ge=1, le=10_000)
    """The most items allowed in a repeated param."""
    sensitive: bool = False
    """Never shown in errors, logs, records or output."""
    multiline: bool = False
    """Line breaks and tabs are allowed."""
    dash: bool = False
    """A value that is an argument of its own may start with `-`."""

    @property
    def longest(self) -> int:
        """The most characters that one value may have."""
        return self.max_length or (LONGEST_MULTILINE if self.multiline else LONGEST_TEXT)

    @property
    def most_items(self) -> int:
        """The most items that a repeated value may have."""
        return self.max_items or MOST_ITEMS
