"""What the writing of a file says to a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tell_write(value: Mapping[str, Any]) -> str:
    """That it is done, and the hash by which it can be replaced."""
    did = "Made" if value["created"] else "Replaced"
    return f"{did} {value['path']}: {value['size']:,} bytes, hash {value['hash']}."
