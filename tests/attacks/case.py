"""Attacks through the command lines of ordinary programs, as data: `commands/PROGRAM.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).with_name("commands")

Goal = Literal["execute", "write", "read", "destroy"]


class Case(BaseModel):
    """One attack. `{proof}`, `{outside}`, `{secret}` and `{workspace}` stand for places.

    It is `write`: `{outside}/written` comes into being, or `{outside}/victim` changes; `read`:
    what is in `{secret}` is printed, or comes into the workspace; `destroy`: `{outside}/victim`
    is gone or empty; `execute`: `{proof}` comes into being.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: str
    name: str
    goal: Goal
    argv: list[str] = Field(default_factory=list)
    pipe: list[list[str]] = Field(default_factory=list)
    stdin: str | None = None
    files: dict[str, str] = Field(default_factory=dict)
    links: dict[str, str] = Field(default_factory=dict)
    setup: list[list[str]] = Field(default_factory=list)

    @property
    def commands(self) -> list[list[str]]:
        """The command, or those of the pipeline."""
        return self.pipe or [self.argv]

    def at(self, places: dict[str, str]) -> Case:
        """The same with every place filled in."""
        filled = _filled(self.model_dump(exclude={"program", "name", "goal"}), places)
        return Case(program=self.program, name=self.name, goal=self.goal, **filled)


def cases() -> Iterator[Case]:
    """All attacks, by program."""
    for path in sorted(FOLDER.glob("*.toml")):
        for one in tomllib.loads(path.read_text())["attack"]:
            yield Case(program=path.stem, **one)


def _filled(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {_filled(key, places): _filled(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, places) for item in value]
    if isinstance(value, str):
        for name, place in places.items():
            value = value.replace(f"{{{name}}}", place)
    return value
