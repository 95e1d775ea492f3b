"""Who a file of a project belongs to, which decides what an update may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath


class Owner(StrEnum):
    """Every file has one."""

    GENERATED = "generated"
    """Made anew by each update; what was changed by hand is kept beside it."""
    SEEDED = "seeded"
    """Written once; yours from then on."""
    MERGED = "merged"
    """Both: an update merges what it would write with what you wrote."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is rendered."""

    owner: Owner
    data: bytes


Rendered = Mapping[PurePosixPath, File]
"""A whole project, by paths below its folder."""
