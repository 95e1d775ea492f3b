"""Read a file: its text by lines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from handrail.systems.files.names import shown
from handrail.systems.files.setting import Setting


def read(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """The thin line; the rest comes."""
    file = setting.tree.open(given["path"])
    try:
        raw = os.read(file, 65_536)
        return {"path": shown(setting.tree.place(file)), "text": raw.decode(errors="replace")}
    finally:
        os.close(file)
