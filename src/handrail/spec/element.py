"""What a rule says of one word, or of one argument: the same forms everywhere.

| form                    | matches                                          |
|-------------------------|--------------------------------------------------|
| `"push"`, `3`, `true`   | exactly this                                     |
| `["push", "fetch"]`     | one of these                                     |
| `{ glob = "--out*" }`   | `*`, `?`, `[abc]`: the whole word                |
| `{ regex = "v\\d+" }`   | a regular expression: the whole word             |
"""

from __future__ import annotations

import fnmatch
import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from handrail.spec.backtracking import super_linear
from handrail.spec.model import Table, refusal
from handrail.spec.param import Regex, Scalar


def _quick(source: str) -> str:
    # The caller chooses what it is matched with, and a word may have 131,071 characters.
    reason = super_linear(source)
    if reason is not None:
        raise refusal("E706", f"some texts would take too long to match: {reason}")
    return source


class PatternTable(Table):
    """Words of a form: exactly one key says which."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    regex: Annotated[Regex, AfterValidator(_quick)] | None = None
    """A regular expression that the whole word must match."""
    glob: str | None = None
    """The whole word, with `*`, `?` and `[abc]`."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.regex is None) == (self.glob is None):
            raise refusal("E102", "write { regex = … } or { glob = … }")
        return self

    def fits(self, text: str) -> bool:
        """Whether `text` has this form."""
        if self.glob is not None:
            return fnmatch.fnmatchcase(text, self.glob)
        return re.fullmatch(str(self.regex), text) is not None


def _form(value: Any) -> str:
    """Which form a raw value has, so that errors speak of that form only."""
    if isinstance(value, dict | PatternTable):
        return "<table>"
    return "<list>" if isinstance(value, list | tuple) else "<one>"


Element = Annotated[
    Annotated[str, Tag("<one>")]
    | Annotated[tuple[str, ...], Field(min_length=1), Tag("<list>")]
    | Annotated[PatternTable, Tag("<table>")],
    Discriminator(_form),
]
"""What is said of one element of argv."""

Condition = Annotated[
    Annotated[Scalar, Tag("<one>")]
    | Annotated[tuple[Scalar, ...], Field(min_length=1), Tag("<list>")]
    | Annotated[PatternTable, Tag("<table>")],
    Discriminator(_form),
]
"""What is said of one argument of a tool."""

Names = Annotated[
    Annotated[str, Field(min_length=1), Tag("<one>")]
    | Annotated[tuple[str, ...], Field(min_length=1), Tag("<list>")],
    Discriminator(_form),
]
"""One name, or several."""


def fits(said: Scalar | tuple[Scalar, ...] | PatternTable, value: Scalar) -> bool:
    """Whether `value` is what the rule says."""
    match said:
        case PatternTable():
            return said.fits(str(value).lower() if isinstance(value, bool) else str(value))
        case tuple():
            return any(fits(one, value) for one in said)
        case _:
            # In Python, true is 1.
            return said == value and isinstance(said, bool) == isinstance(value, bool)
