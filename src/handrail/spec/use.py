"""An entry of `use`: a pack's name, or a part of it as `NAME:read`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from handrail.spec.model import refusal
from handrail.spec.suggest import closest, did_you_mean

_FOLDER = Path(str(files("handrail.packs")))
READ = "read"
"""The part that has the tools whose effect is read."""


@cache
def shipped() -> dict[str, Path]:
    """Where each pack is, by its name."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}


def entries() -> list[str]:
    """Everything that `use` may hold."""
    return [entry for name in shipped() for entry in (name, f"{name}:{READ}")]


def split(entry: str) -> tuple[str, str | None]:
    """The pack's name, and the part of it that is wanted; None for all of it."""
    name, colon, part = entry.partition(":")
    return name, part if colon else None


def meant(entry: object) -> str | None:
    """The entry that this is, or is probably meant to be; None when it is like none."""
    return closest(entry, entries()) if isinstance(entry, str) else None


def repeated(use: Sequence[str]) -> list[tuple[int, int]]:
    """Entries whose pack an entry before them names already: their number, and that one's."""
    first: dict[str, int] = {}
    pairs = [(number, first.setdefault(split(one)[0], number)) for number, one in enumerate(use)]
    return [(number, before) for number, before in pairs if number != before]


def _check(entry: str) -> str:
    name, part = split(entry)
    if name not in shipped():
        guess = did_you_mean(name, shipped())
        known = ", ".join(shipped())
        raise refusal("E507", f'there is no pack "{name}"{guess or f"; there are {known}"}')
    if part not in (None, READ):
        raise refusal(
            "E508", f'pack "{name}" has no part "{part}"; write "{name}:{READ}" or "{name}"'
        )
    return entry


class _OneOfThem:
    """What editors offer."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "enum": entries()}


Use = Annotated[str, AfterValidator(_check), _OneOfThem()]
"""One entry of `use`."""
