"""The record of every call, for those who must be able to prove what happened."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from handrail.spec.model import Table
from handrail.spec.names import PathName
from handrail.spec.units import Bytes


class AuditTable(Table):
    """Where calls are recorded, and how safely."""

    file: PathName = ".handrail/audit.jsonl"
    """The file; its key and its end are kept beside it."""
    sync: Literal["always", "second"] = "second"
    """When it is forced to the disk (fsync): before each effect and after each call, or once a
    second. A killed server loses nothing either way; a power failure, up to a second."""
    rotate: Bytes = 64 * 1024**2
    """How large a file becomes before the next one is begun."""
    keep: int | None = Field(default=None, ge=1)
    """How many full files are kept; all of them when unset."""
