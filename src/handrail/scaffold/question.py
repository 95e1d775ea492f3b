"""What a question is: its words, its default here, and whether it has any meaning here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handrail.scaffold.settled import Settled


class Kind(StrEnum):
    """What kind of answer is wanted."""

    TEXT = "text"
    PATH = "path"
    CHOICE = "choice"
    """One of the options."""
    MANY = "many"
    """Any of the options."""
    LINES = "lines"
    """A list of commands."""
    NAMES = "names"
    """A list of words."""
    LIMITS = "limits"
    """A table: timeout, memory, output, concurrency."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that may be given."""

    value: str
    words: str
    """What it means, in at most 30 characters: screens are narrow."""


def _always(settled: Settled) -> bool:
    return True


def _nothing(settled: Settled) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Part:
    """One answer that a question asks for."""

    key: str
    """Its dotted key among the answers."""
    ask: str
    help: str
    kind: Kind
    writes: str
    """What it becomes in the server file."""
    default: Callable[[Settled], Any]
    """The answer when nothing is said; None for one that must be given."""
    options: tuple[Option, ...] = ()
    applies: Callable[[Settled], bool] = _always
    """Whether it has any meaning, by what was said and found."""
    suggested: Callable[[Settled], tuple[str, ...]] = _nothing
    """Answers that suggest themselves, and are taken only when a person says so."""


@dataclass(frozen=True, slots=True)
class Question:
    """One of the twelve: mostly one answer, sometimes a few that belong together."""

    parts: tuple[Part, ...]
