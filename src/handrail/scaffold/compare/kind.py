"""How two schemas differ, told from the one whose values are given to the one that takes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from handrail.diagnostic import Key


class Kind(Enum):
    """What is otherwise."""

    GONE = auto()
    """A property that is not declared any more."""
    NEW = auto()
    """A property that may be left out."""
    NEW_REQUIRED = auto()
    REQUIRED = auto()
    OPTIONAL = auto()
    TYPE_NARROWED = auto()
    TYPE_WIDENED = auto()
    CHOICES_NARROWED = auto()
    CHOICES_WIDENED = auto()
    BOUND_TIGHTENED = auto()
    BOUND_LOOSENED = auto()
    PATTERN_OTHER = auto()
    PATTERN_GONE = auto()
    SIZE_TIGHTENED = auto()
    SIZE_LOOSENED = auto()
    CLOSED = auto()
    OPENED = auto()
    FORM_GONE = auto()
    FORM_NEW = auto()
    DEFAULT = auto()
    DESCRIPTION = auto()
    OTHER = auto()
    """A keyword differs whose meaning is not compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its place below the schemas, and what stands there in each."""

    kind: Kind
    at: tuple[Key, ...]
    given: object = None
    taken: object = None
