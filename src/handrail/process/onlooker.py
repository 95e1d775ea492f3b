"""Who looks on while a plan runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Tails = Callable[[int], Mapping[str, tuple[int, bytes]]]
"""By stream, how many bytes there are so far, and the last of them: at most as many as asked."""


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Who looks on.

    `hear` hears the output's lines as they come, from either stream, in any thread. `look` is
    given, as soon as it runs, a way to look at what there is so far.
    """

    hear: Callable[[str], None] | None = None
    look: Callable[[Tails], None] | None = None


NOBODY = Onlooker()
