"""What every declared table has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Table(BaseModel):
    """A table of the server file: frozen, closed to unknown keys, nothing coerced."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=False,
        use_attribute_docstrings=True,
    )


def refusal(code: str, reason: str) -> PydanticCustomError:
    """What a validator raises: its code and words reach the author of the file as they are."""
    return PydanticCustomError(code, "{reason}", {"reason": reason})
