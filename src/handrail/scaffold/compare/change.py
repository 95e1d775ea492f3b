"""One change that clients of a tool can notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from handrail.diagnostic import Key, Place
from handrail.scaffold.compare.codes import BREAKING

At = tuple[Key, ...]
"""A place in a tool as `tools/list` shows it: `("inputSchema", "properties", "path")`."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a file says it."""

    file: Path
    place: Place


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise in the new server than it was in the old one."""

    code: str
    tool: str
    at: At
    message: str
    spot: Spot | None = None
    """There when one of the two is a server file that says it."""

    @property
    def breaks(self) -> bool:
        """Whether what clients did with the old server may fail with the new one."""
        return self.code in BREAKING

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in self.at)
        return "".join(f"/{step}" for step in escaped)
