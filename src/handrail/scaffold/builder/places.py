"""Where something is among answers, or in a draft."""

from __future__ import annotations

from handrail.diagnostic import Key
from handrail.spec.document import printable


def spelled(at: tuple[Key, ...]) -> str:
    """`tool[0].args[2]`: a key from the top, in letters that can be printed."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at)
    return printable(text.removeprefix("."))
