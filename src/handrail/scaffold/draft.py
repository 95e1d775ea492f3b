"""A tool that is proposed, and not in any file yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]
"""A table of the server file as plain data: what `tomllib` reads."""

AS_IT_IS = "argument, as it is"
"""The meaning of a word that callers cannot change, and that is no option."""


@dataclass(frozen=True, slots=True)
class Word:
    """How one word of an example command was understood."""

    given: str
    """The word as it was typed."""
    meaning: str
    """What it was taken for: "flag", "option", "path", "integer", "date", "choice", …"""
    param: str | None = None
    """The param that it became; None: it stays as it is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A tool as a server file would declare it, and what its author should know of it."""

    tool: Data
    """A `[[tool]]` table."""
    programs: Mapping[str, Data] = field(default_factory=dict)
    """What its programs add to `[programs]`, by name."""
    words: tuple[Word, ...] = ()
    """How the example was read, word by word; nothing for drafts from elsewhere."""
    notes: tuple[str, ...] = ()
    """What could not be decided, lost in translation, or needs a look: a sentence each."""

    @property
    def name(self) -> str:
        """What the tool is called."""
        return str(self.tool["name"])
