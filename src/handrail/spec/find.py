"""Where the server file is, when nobody says."""

from __future__ import annotations

from pathlib import Path

from handrail.errors import UsageError

NAME = "handrail.toml"


def find(start: Path) -> Path:
    """The `handrail.toml` in `start` or its nearest parent. Raises `UsageError` for none."""
    here = start.absolute()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder / NAME
    raise UsageError(
        f"no {NAME} in {here} or above it",
        hint="Name the server file, or write one with handrail new.",
    )
