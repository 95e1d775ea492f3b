"""What work on files is done with, beside its arguments."""

from __future__ import annotations

import time
from dataclasses import dataclass

from handrail.systems.files.tree import Tree


@dataclass(frozen=True, slots=True)
class Setting:
    """The tree, and until when (time.monotonic) there is time. `searcher` is ripgrep's path."""

    tree: Tree
    deadline: float
    searcher: str | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is time to answer with what there is."""
        return time.monotonic() >= self.deadline
