"""List a folder, and the folders in it down to a depth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import Any

from handrail.systems.files.names import shown
from handrail.systems.files.results import Results
from handrail.systems.files.setting import Setting
from handrail.systems.files.told import told
from handrail.systems.files.walk import ENTER, FOLDER, Entry, Walk, listed


def list_(setting: Setting, given: Mapping[str, Any]) -> dict[str, object]:
    """A page of `entries`, each folder before what is in it. Raises `Refused`."""
    walk = Walk(setting, given["path"], depth=given["depth"], ignored=given["ignored"])
    results = Results(given["offset"], given["limit"])
    with closing(iter(walk)) as entries:
        for entry in entries:
            results.offer(partial(_told, entry))
            if results.is_over:
                break
    path = shown(walk.base.rstrip("/") or ".")
    return {"path": path, **results.told("entries", is_late=walk.is_late)}


def _told(entry: Entry) -> dict[str, object]:
    """With the number of its entries, when it is a folder that the walk does not enter."""
    if entry.kind == FOLDER and entry.entries is None and entry.note is None:
        try:
            folder = os.open(entry.name, ENTER, dir_fd=entry.folder)
        except OSError as error:
            entry.note = f"cannot be entered: {error.strerror}"
        else:
            entry.entries = len(listed(folder))
            os.close(folder)
    return told(entry)
